// Loads the saving of a field: each connection is somebody who goes on writing in a draft of their own, as the page's script
// does, and sends along how the field was seen last. Reads what to do as JSON from standard input, and prints what came of it.
'use strict'

const autocannon = require('../node_modules/autocannon')
const { readFileSync } = require('fs')

const { url, seconds, writers } = JSON.parse(readFileSync(0, 'utf8'))
let next = 0
let written = 0

function setupClient (client) {
  const { path, headers, field, text } = writers[next++]
  let seen = writers[next - 1].seen
  client.setRequests([{
    method: 'POST',
    path,
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    setupRequest: (request) => {
      request.body = new URLSearchParams({ [field]: `${text} ${++written}`, seen }).toString()
      return request
    },
    onResponse: (status, body) => {
      if (status === 200) seen = JSON.parse(body).seen[field] || seen
    }
  }])
}

autocannon({ url, duration: seconds, connections: writers.length, setupClient }, (error, found) => {
  if (error) throw error
  console.log(JSON.stringify(found))
})

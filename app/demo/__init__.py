"""The demo scheme: NAV Utsiden inn, played through the services by its people."""

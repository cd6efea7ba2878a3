@rem Stands in for the "exec" of package.json's scripts, which on other systems lets signals to npm
@rem reach the server.
@%*

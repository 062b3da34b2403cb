# recipients/example.com - whom the server of example.com has.
#
# One address or local part in a line; control/domains names this file. It may
# be an export of the other system: run posthouse compile after each.
anna
ben
office@example.com

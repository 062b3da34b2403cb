# recipients/example.com - the addresses that example.com's server has.
#
# One address or local part per line; control/domains names this file. It may
# be an export of the other system: run posthouse compile after each one.
anna
ben
office@example.com

/** bcrypt's cost: 2^11 rounds take about a sixth of a second. When it is raised, hashes follow at sign-in. */
export const PASSWORD_COST = 11

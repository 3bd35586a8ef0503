/**
 * The property tests at length: a million inputs, or as many as CORPUSIQ_PROPERTY_RUNS says (`npm run properties`).
 * `npm test` runs the same with a thousand.
 */
process.env.CORPUSIQ_PROPERTY_RUNS ??= '1000000'
await import('../test/properties/registration.test.ts')

// Writes the published JSON Schema from the types that the program uses. Run after `npm run build`.
import { writeFile } from 'node:fs/promises';
import { reviewJsonSchema } from '../dist/src/presentation/review-schema.js';

await writeFile(new URL('review.schema.json', import.meta.url), reviewJsonSchema());

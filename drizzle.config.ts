import { defineConfig } from 'drizzle-kit';

// `npx drizzle-kit generate --name what-changes` writes a migration after a change of the schema.
export default defineConfig({ dialect: 'postgresql', schema: './src/store/schema.ts', out: './drizzle' });

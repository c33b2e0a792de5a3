import type PgBoss from 'pg-boss';
import type { Session } from '../store/database.js';

/** A database or a transaction, as pg-boss wants it. */
export function sessionForBoss(session: Session): PgBoss.Db {
  return { executeSql: (text, values) => session.executeSql(text, values) };
}

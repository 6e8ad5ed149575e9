import { compileSchema, type DataCheck } from './data-schema.js';
import type { QueueSettings, SettingsView } from './settings.js';

/** The settings of a queue as this process keeps to them. */
export interface QueuePolicy {
  readonly revision: number;
  readonly settings: QueueSettings;
  /** Present where the settings have a schema. */
  readonly checkData?: DataCheck;
}

export function policyOf({ revision, settings }: SettingsView): QueuePolicy {
  const { schema } = settings;
  return { revision, settings, ...(schema === undefined ? {} : { checkData: compileSchema(schema) }) };
}

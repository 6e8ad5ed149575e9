import { includeWhen, Manifest, type TemplateChart, verbatim } from '../template/index.js';
import { v } from './inputs.js';

interface List {
  apiVersion?: string;
  kind?: string;
  items: object[];
}

/** Objects that the user writes, of kinds that are not known here: as the items of one list. */
export const addExtraObjects = (chart: TemplateChart): void => {
  const list = new Manifest<List>(chart, 'extra-objects', {
    apiVersion: 'v1',
    kind: 'List',
    items: verbatim<object[]>(v.extraObjects),
  });
  includeWhen(list, v.extraObjects);
};

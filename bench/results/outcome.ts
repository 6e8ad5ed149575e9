import {
  contenderNames,
  figures,
  type ContenderName,
  type FigureName,
  type Figures,
  type Run,
  type Target,
} from '../types.js';
import { quantile, summarize, type Summary } from './statistics.js';

/** What the contenders measured one after the other: comparable, because the machine was about the same. */
export interface Round {
  readonly measured: { readonly [Name in ContenderName]?: Figures };
  /** The share of the machine (0-1) that others used just before. */
  readonly othersShare: number;
}

/** Beyond this share seconds and rates say more about the others than about the contenders; CPU per job still holds. */
const maxOthersShare = 0.25;

export interface Outcome {
  readonly run: Run;
  readonly rounds: readonly Round[];
}

export interface FigureSummary extends Summary {
  readonly figure: FigureName;
  readonly contender: ContenderName;
  /** Times better than the other side, round by round; absent where it does not take part. */
  readonly timesBetter?: { readonly median: number; readonly least: number; readonly most: number };
}

/** In the order of the figures, then of the contenders; without those that nobody measured. */
export function summaries({ run, rounds }: Outcome): readonly FigureSummary[] {
  const names = (Object.keys(figures) as FigureName[]).filter((figure) =>
    rounds.some(({ measured }) => Object.values(measured).some((one) => one[figure] !== undefined)),
  );
  return names.flatMap((figure) =>
    contenderNames
      .filter((contender) => run.contenders.includes(contender))
      .map((contender) => summaryOf(rounds, figure, contender)),
  );
}

/** Whether others used so much of the machine that rates and times cannot be concluded from. */
export function isTooBusy({ rounds }: Outcome): boolean {
  return (
    quantile(
      rounds.map(({ othersShare }) => othersShare),
      0.5,
    ) > maxOthersShare
  );
}

export interface Verdict {
  readonly target: Target;
  readonly measured: number;
  readonly isMet: boolean;
}

export function verdicts({ run, rounds }: Outcome): readonly Verdict[] {
  const [ours = 'moorline'] = run.contenders;
  return run.targets.map((target) => {
    const { median, timesBetter } = summaryOf(rounds, target.figure, ours);
    if ('atMost' in target) return { target, measured: median, isMet: median <= target.atMost };
    if ('atLeast' in target) return { target, measured: median, isMet: median >= target.atLeast };
    const measured = timesBetter?.median ?? Number.NaN;
    return { target, measured, isMet: measured >= target.timesBetter };
  });
}

function summaryOf(rounds: readonly Round[], figure: FigureName, contender: ContenderName): FigureSummary {
  const values = rounds.flatMap((round) => round.measured[contender]?.[figure] ?? []);
  const ratios = isOther(contender) ? [] : rounds.flatMap((round) => timesBetter(round, figure, contender) ?? []);
  return {
    figure,
    contender,
    ...summarize(values),
    ...(ratios.length === 0
      ? {}
      : { timesBetter: { median: quantile(ratios, 0.5), least: Math.min(...ratios), most: Math.max(...ratios) } }),
  };
}

/** What Moorline is compared with. */
const isOther = (contender: ContenderName): boolean => contender === 'bullmq' || contender === 'ioredis';

/** undefined where one of the two did not measure it, or measured nothing. */
export function timesBetter(round: Round, figure: FigureName, contender: ContenderName): number | undefined {
  const ours = round.measured[contender]?.[figure];
  const theirs = (round.measured.bullmq ?? round.measured.ioredis)?.[figure];
  if (ours === undefined || theirs === undefined || ours <= 0 || theirs <= 0) return undefined;
  return figures[figure].better === 'more' ? ours / theirs : theirs / ours;
}

// Sparklines of a light: signal and free variables, as far back as the server has listened.

import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { ask } from '../live.ts';
import { figure } from '../parts/words.ts';
import type { HistoryPoint, Light } from '../protocol.ts';

const HEIGHT_PX = 44;
const WIDTH_PX = 320;

/** A line needs two points. */
const FEWEST = 2;

type Figure = 'rssi' | 'freeVariables';

/** Draws one line, without axes: its ends are said in words. */
function plot(target: HTMLElement, points: HistoryPoint[], key: Figure): uPlot {
  const stroke = getComputedStyle(target).color;
  return new uPlot(
    {
      width: target.clientWidth || WIDTH_PX,
      height: HEIGHT_PX,
      cursor: { show: false },
      legend: { show: false },
      axes: [{ show: false }, { show: false }],
      series: [{}, { stroke, width: 1.5, points: { show: points.length < 30, size: 4, fill: stroke } }],
    },
    [points.map(({ atMs }) => atMs / 1000), points.map((point) => point[key] ?? null)],
    target,
  );
}

function Sparkline({ title, points, figureKey }: { title: string; points: HistoryPoint[]; figureKey: Figure }) {
  const target = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const drawn = plot(target.current!, points, figureKey);
    return () => drawn.destroy();
  }, [points]);
  const values = points.flatMap((point) => point[figureKey] ?? []);
  const ends = `${figure(Math.min(...values))} to ${figure(Math.max(...values))}`;
  return (
    <figure>
      <figcaption>
        {title} <small>{ends}</small>
      </figcaption>
      <div ref={target} role="img" aria-label={`${title} over time: ${ends}`} />
    </figure>
  );
}

/** The history of a light; nothing as long as there is none. */
export function History({ light: { name, infos } }: { light: Light }) {
  const [points, setPoints] = useState<HistoryPoint[]>([]);
  useEffect(() => {
    ask('history', { light: name }).then(
      (value) => setPoints(value as HistoryPoint[]),
      () => undefined, // the link is lost: the page says so already
    );
  }, [name, infos]);
  if (points.length < FEWEST) return null;
  const has = (key: Figure): boolean => points.filter((point) => point[key] !== undefined).length >= FEWEST;
  return (
    <div class="history">
      {has('rssi') && <Sparkline title="Signal, dBm" points={points} figureKey="rssi" />}
      {has('freeVariables') && <Sparkline title="Free variables" points={points} figureKey="freeVariables" />}
    </div>
  );
}

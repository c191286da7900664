// The frame of the page: where we are, whether server and broker are there, and the view that was chosen.

import { useEffect, useState } from 'preact/hooks';
import { LightsView } from './lights/LightsView.tsx';
import { Notices } from './parts/Notices.tsx';
import type { Place } from './protocol.ts';
import { useDocument, useLink } from './store.ts';
import { TableView } from './table/TableView.tsx';

const VIEWS = { table: 'Table', lights: 'Lights' } as const;
type View = keyof typeof VIEWS;

/** The view is part of the address, so that going back and reloading work. */
function useView({ kind }: Place): View {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = (): void => setHash(location.hash);
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return kind === 'table' && hash !== '#lights' ? 'table' : 'lights';
}

function Views({ current }: { current: View }) {
  return (
    <nav aria-label="Views">
      {Object.entries(VIEWS).map(([view, title]) => (
        <a key={view} href={`#${view}`} aria-current={view === current ? 'page' : undefined}>
          {title}
        </a>
      ))}
    </nav>
  );
}

/** What is away, in words; nothing when all is well. */
function Away({ place }: { place: Place }) {
  const link = useLink();
  const broker = useDocument('broker');
  const words =
    link === 'refused'
      ? 'Too many pages are open. Close one, and load this one again.'
      : link === 'lost'
        ? 'The server of this page is away. Trying again …'
        : broker && !broker.isConnected
          ? `The broker ${place.broker} is away (${broker.reason}). Trying again …`
          : undefined;
  return (
    <div role="status" class="away">
      {words && <p>{words}</p>}
    </div>
  );
}

function Header({ place, view }: { place: Place; view: View }) {
  return (
    <header class="top">
      <h1>{place.kind === 'table' ? 'Virtual lights' : 'Lights'}</h1>
      <p class="muted">{place.broker}</p>
      {place.kind === 'table' && <Views current={view} />}
    </header>
  );
}

function Page({ place }: { place: Place }) {
  const view = useView(place);
  return (
    <>
      <Header place={place} view={view} />
      <Away place={place} />
      <main>{view === 'table' ? <TableView /> : <LightsView />}</main>
      <Notices />
    </>
  );
}

/** The whole page. */
export function App() {
  const place = useDocument('place');
  const link = useLink();
  if (place) return <Page place={place} />;
  return <p class="opening">{link === 'lost' ? 'The server of this page does not answer. Trying again …' : ''}</p>;
}

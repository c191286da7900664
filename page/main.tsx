// The page: draws what the store holds, at most once per frame.

import { options, render } from 'preact';
import { App } from './App.tsx';
import { openLink } from './live.ts';
import './style/base.css';
import './style/parts.css';
import './style/lights.css';
import './style/table.css';

options.debounceRendering = requestAnimationFrame;
render(<App />, document.getElementById('app')!);
openLink();

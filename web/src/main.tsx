import 'uplot/dist/uPlot.min.css';
import './style/tokens.css';
import './style/page.css';
import './style/frame.css';
import './style/overview.css';
import './style/experiments.css';
import './style/experiment.css';
import './style/learned.css';
import { render } from 'preact';
import { applyTheme } from './head/theme.tsx';
import { Page } from './page.tsx';
import { takeToken } from './state/token.ts';

applyTheme();
takeToken();
render(<Page />, document.getElementById('page')!);

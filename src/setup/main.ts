// The set-up program: a file of its own in Storage, which the light evaluates on a board without Wi-Fi settings.
import { createSetUp } from './setUp.ts';
import type { SetUpBoard, SetUpParts } from './ports.ts';

declare const board: SetUpBoard;
declare const parts: SetUpParts;

createSetUp(board, parts);

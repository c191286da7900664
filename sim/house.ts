// A house of virtual boards that share an access point and hosts.

import { createAccessPoint, type AccessPoint } from './network/accessPoint.ts';
import { createVirtualBoard, type VirtualBoard, type BoardOptions } from './board/board.ts';

/** A house. */
export interface House {
  readonly accessPoint: AccessPoint;
  /** Where names and addresses lead: see the board's option. */
  readonly hosts: Map<string, string>;
  /** Adds a board that uses the house's access point and hosts, and switches it on. */
  board(options?: BoardOptions): VirtualBoard;
  readonly boards: VirtualBoard[];
  /** Ends every board. */
  dispose(): void;
}

/** Creates an empty house. @param speed chip milliseconds per wall millisecond, for every board in it */
export function createHouse({ speed = 1 }: { speed?: number } = {}): House {
  const accessPoint = createAccessPoint();
  const hosts = new Map<string, string>();
  const boards: VirtualBoard[] = [];
  return {
    accessPoint,
    hosts,
    boards,
    board(options = {}) {
      const board = createVirtualBoard({ speed, accessPoint, hosts, ...options });
      boards.push(board);
      board.powerOn();
      return board;
    },
    dispose: () => boards.forEach((board) => board.dispose()),
  };
}

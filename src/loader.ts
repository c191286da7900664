// The loader, the board's `.bootcde`: chooses the slot that runs, keeps watch over a trial, and ends one that failed. Only USB can replace it.
//
// What is to run is written in `light.boot`, a file of 0xFF whose bytes are written once each, so that no power cut leaves a board without
// a program (Mark in files.ts).
import { FlashFile, Mark } from './files.ts';

// The program is evaluated at the root, and outside of `try`: there it takes no more variables than a `.bootcde` of its own.
global.eval(
  (function () {
    const storage = require('Storage');
    const file = FlashFile.BOOT;
    const log = storage.read(file) || '';
    const unwritten = log.indexOf('\xff');
    let end = unwritten < 0 ? log.length : unwritten;
    let mark = log[end - 1] || '';
    let at = end;
    while (at > 0 && log[at - 1] !== 'A' && log[at - 1] !== 'B') at--;
    let slot = log[at - 1] === 'B' ? 'b' : 'a';

    function append(byte: string): void {
      storage.write(file, byte, end++);
    }

    /** Restarts cleanly: by `load()` while joined, for then `E.reboot()` would panic. */
    function restart(): void {
      try {
        const wifi = require('Wifi');
        if (wifi.getIP()!.ip !== '0.0.0.0') return load();
        clearTimeout(); // of all: nothing shall join again
        wifi.removeAllListeners();
        wifi.disconnect();
      } catch {
        // no Wi-Fi on this board
      }
      setTimeout(E.reboot, 200);
    }

    /** The trial's only boot. It ends with a byte of the program's own, or in a restart. */
    function watch(deadlineMs: number): void {
      global.loading = true;
      setTimeout(function () {
        if (global.loading) restart(); // the program threw
      }, 1);
      setTimeout(function () {
        if (storage.read(file, end, 1) === '\xff') restart();
      }, deadlineMs);
      E.enableWatchdog(120, false);
      E.setFlags({ onErrorSave: 1 }); // what it throws is in the info message of the one before
    }

    try {
      if (mark === Mark.COMPACT) {
        append(Mark.COMPACTED);
        setTimeout("try{require('Storage').compact()}catch(e){}load()", 1); // a text in RAM: what lies in flash moves
        return '';
      }
      if (mark === Mark.BEGUN) {
        mark = Mark.ROLLED_BACK_NOW;
        append(Mark.ROLLED_BACK);
        print('update: rolled back');
      } else if (mark === Mark.SETTINGS_TRIAL) {
        append(Mark.BEGUN);
        watch(170_000);
      } else if (mark === 'a' || mark === 'b') {
        append(Mark.BEGUN);
        slot = mark;
        mark = Mark.PROGRAM_TRIAL;
        watch(600_000);
      }
    } catch (error) {
      print(error); // such as no room in the log: the kept program runs
    }

    if (!storage.read('light.' + slot)) slot = slot === 'a' ? 'b' : 'a';
    global.boot = slot + mark;
    return storage.read('light.' + slot) || '';
  })(),
);
delete global.loading;

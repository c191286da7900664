// A panel over the page: Escape and a click beside it close it, and the focus goes back to where it was.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from './Icon.tsx';

interface PanelProps {
  title: string;
  children: ComponentChildren;
  onClose(): void;
}

/** A panel. */
export function Panel({ title, children, onClose }: PanelProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      class="panel"
      ref={dialog}
      aria-label={title}
      onClose={onClose}
      onClick={({ target }) => {
        if (target === dialog.current) dialog.current?.close();
      }}
    >
      <div>
        <header>
          <h2>
            <bdi>{title}</bdi>
          </h2>
          <button type="button" class="quiet" aria-label="Close" onClick={() => dialog.current?.close()}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

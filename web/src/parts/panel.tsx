import type { ComponentChildren } from 'preact';

/** A titled part of a page. */
export function Panel({
  title,
  note,
  children,
}: {
  readonly title: string;
  readonly note?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  return (
    <section class="panel" aria-label={title}>
      <header>
        <h2>{title}</h2>
        {note === undefined ? null : <div class="note">{note}</div>}
      </header>
      {children}
    </section>
  );
}

/** What stands where there is nothing yet, and why. */
export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

import type { ComponentChildren, RefObject } from 'preact';

/** A part that scrolls by itself, and so can have the focus: else no key would scroll it. */
export function Scrolled({
  name,
  look,
  box,
  children,
}: {
  readonly name: string;
  /** Its class in the style sheet. */
  readonly look: string;
  readonly box?: RefObject<HTMLElement | null>;
  readonly children: ComponentChildren;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section class={look} aria-label={name} tabIndex={0} {...(box && { ref: box })}>
      {children}
    </section>
  );
}

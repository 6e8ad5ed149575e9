/** Makes a frame of something once for each variant; the usual one is ''. It goes when what it was made of does. */
export type RememberedFrame = (of: object, variant: string, make: () => Buffer) => Buffer;

export function rememberFrames(): RememberedFrame {
  const usual = new WeakMap<object, Buffer>();
  // Apart, and made only where there is one: each chunk would pay for an empty map.
  const others = new WeakMap<object, Map<string, Buffer>>();
  return (of, variant, make) => {
    if (variant === '') {
      const known = usual.get(of) ?? make();
      usual.set(of, known);
      return known;
    }
    const variants = others.get(of) ?? new Map<string, Buffer>();
    const known = variants.get(variant) ?? make();
    others.set(of, variants.set(variant, known));
    return known;
  };
}

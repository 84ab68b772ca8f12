interface Props {
  id: string;
  name: string;
  avatar: string | null;
  /** px */
  size?: number;
}

const HUES = 360;
const HUE_STEP = 47;

/** A person's picture, or their initials on a colour of their own. */
export function Avatar({ id, name, avatar, size = 36 }: Props) {
  const style = { width: size, height: size, fontSize: size * 0.38 };
  if (avatar) {
    // Made by the worker in the sizes that are needed: there is nothing left for next/image to do.
    // eslint-disable-next-line @next/next/no-img-element
    return <img className="avatar" src={avatar} alt="" style={style} />;
  }
  const hue = ([...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) * HUE_STEP) % HUES;
  const initials = name
    .split(' ')
    .map((part) => part.charAt(0))
    .join('');
  return (
    <span className="avatar" aria-hidden style={{ ...style, background: `hsl(${hue} 52% 42%)` }}>
      {initials}
    </span>
  );
}

/** Tiles of the strip: finished pictures that can be taken, compared, starred and removed; layouts as boxes. @module */
import { Columns2, Loader2, Star, Trash2 } from "lucide-react";
import { paintOrder } from "scenograph/scene/ops";
import type { SceneObject } from "scenograph/scene/scene";
import { IconButton } from "../app/controls.tsx";
import { useModel, useSession } from "../app/hooks.ts";
import type { Shot } from "../app/storage.ts";
import { Pixels } from "../canvas/PictureView.tsx";
import { acceptScene, comparePicture } from "../model/actions/index.ts";
import { colorOf } from "../model/palette.ts";

export function Waiting({ count }: { readonly count: number }) {
  return Array.from({ length: count }, (_, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: places that are still empty are all the same
    <div key={i} className="tile waiting" aria-hidden="true">
      <div className="tile-image">{i === 0 && <Loader2 size={18} className="spin" />}</div>
    </div>
  ));
}

interface ShotTileProps {
  readonly shot: Shot;
  /** What a click does. */
  readonly name: string;
  /** Below the picture. */
  readonly title: string;
}

export function ShotTile({ shot, name, title }: ShotTileProps) {
  const session = useSession();
  const isCurrent = useModel((s) => s.doc.picture === shot.key);
  const isCompared = useModel((s) => s.view.compare === shot.key);
  const compare = () => session.store.run(comparePicture, isCompared ? {} : { picture: shot.key });
  const take = () => session.store.run(acceptScene, { scene: shot.scene, painted: shot.painted, picture: shot.key });
  const remove = () => {
    const gone = session.shelf.remove(shot.key);
    if (!gone) return;
    const undo = () => session.shelf.restore(gone);
    session.messages.note("Picture removed.", { label: "Undo", run: undo });
  };
  return (
    <div className={`tile${isCurrent ? " current" : ""}`}>
      <button
        type="button"
        className="tile-take"
        aria-label={name}
        aria-current={isCurrent}
        title={`${title}: ${shot.scene.caption}`}
        onClick={shot.by === undefined ? take : compare}
      >
        <Pixels picture={shot.picture} label="" className="tile-image" />
      </button>
      <span className="tile-name">{title}</span>
      <div className="tile-tools">
        <IconButton
          className={`small tile-star${shot.starred ? " on" : ""}`}
          icon={Star}
          label={shot.starred ? "Take the star off" : "Star: keep it"}
          pressed={shot.starred === true}
          onClick={() => session.shelf.star(shot.key, !shot.starred)}
        />
        <IconButton
          className="small tile-compare"
          icon={Columns2}
          label="Compare with the picture"
          pressed={isCompared}
          onClick={compare}
        />
        {!isCurrent && <IconButton className="small tile-remove" icon={Trash2} label="Remove" onClick={remove} />}
      </div>
    </div>
  );
}

export function LayoutDrawing({ objects }: { readonly objects: readonly SceneObject[] }) {
  return (
    <svg viewBox="0 0 100 100" className="tile-image" aria-hidden="true">
      {paintOrder(objects).map(({ id, label, box: [x, y, w, h] }) => (
        <rect
          key={id}
          x={x * 100 + 1}
          y={y * 100 + 1}
          width={Math.max(1, w * 100 - 2)}
          height={Math.max(1, h * 100 - 2)}
          rx={1.5}
          fill={colorOf(label)}
          fillOpacity={0.2}
          stroke={colorOf(label)}
          strokeWidth={2}
        />
      ))}
    </svg>
  );
}

/** Section 5: silhouettes and sentence become a picture. @module */
import { useModel, useSession } from "../app/hooks.ts";
import { Pixels } from "../canvas/PictureView.tsx";
import { AboutPicture } from "../panels/explanations.tsx";

export function ImageScreen() {
  const session = useSession();
  const key = useModel((s) => s.doc.picture);
  const picture = session.shot(key)?.picture;
  return (
    <div className="tour-two">
      <div>
        <AboutPicture />
      </div>
      {picture && <Pixels picture={picture} label="The picture" className="tour-picture" />}
    </div>
  );
}

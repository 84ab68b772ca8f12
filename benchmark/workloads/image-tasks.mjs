/** The built-in jobs that make pictures: their files, and how users make the same ones with sharp. */

const FULL_HD = { width: 1920, height: 1080, fit: 'inside', withoutEnlargement: true };
const THUMBNAIL = { width: 320, height: 240, fit: 'cover' };
const SIDES = [512, 256, 128, 64, 32];

/** `files` of a job in the order in which both ways make them; `metric` names the size of the file in the report. */
export const IMAGE_TASKS = {
  'process-image': {
    data: (fileId, filePath) => ({ fileId, filePath, userId: 'user' }),
    files: [
      { name: (id) => `${id}-compressed.jpg`, format: 'jpeg', ...FULL_HD, metric: 'compressedBytes' },
      { name: (id) => `${id}-thumbnail.jpg`, format: 'jpeg', ...THUMBNAIL, metric: 'thumbnailBytes' },
    ],
    processor: ({ imageProcessor }, storage) =>
      imageProcessor({ storage, stores: { files: { update: async () => {} } } }),
    pipelinePerFile: async (sharp, photo) => {
      const compressed = await sharp(photo).resize(FULL_HD).jpeg({ quality: 85 }).toBuffer();
      return [compressed, await sharp(photo).resize(THUMBNAIL).jpeg({ quality: 75 }).toBuffer()];
    },
    oneDecode: async (sharp, photo) => {
      const pixels = await decoded(sharp(photo).resize(FULL_HD));
      const [compressed, thumbnail] = [sharp(...pixels), sharp(...pixels).resize(THUMBNAIL)];
      return Promise.all([compressed.jpeg({ quality: 85 }).toBuffer(), thumbnail.jpeg({ quality: 75 }).toBuffer()]);
    },
  },
  'optimize-avatar': {
    data: (userId, filePath) => ({ userId, filePath }),
    files: SIDES.map((side) => ({
      name: (id) => `avatars/${id}-${side}.webp`,
      format: 'webp',
      width: side,
      height: side,
      metric: side === SIDES[0] ? 'largestBytes' : undefined,
    })),
    processor: ({ avatarProcessor }, storage) =>
      avatarProcessor({ storage, stores: { users: { update: async () => {} } } }),
    pipelinePerFile: async (sharp, photo) => {
      const avatars = [];
      for (const side of SIDES) avatars.push(await avatar(sharp(photo), side));
      return avatars;
    },
    oneDecode: async (sharp, photo) => {
      const pixels = await decoded(sharp(photo).resize(SIDES[0], SIDES[0], { fit: 'cover' }));
      return Promise.all(SIDES.map((side) => avatar(sharp(...pixels), side)));
    },
  },
};

function avatar(picture, side) {
  return picture.resize(side, side, { fit: 'cover' }).webp({ quality: 80 }).toBuffer();
}

/** sharp at its best: further files are made from the pixels of the largest one. Answers what `sharp()` takes. */
async function decoded(picture) {
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  return [data, { raw: { width: info.width, height: info.height, channels: info.channels } }];
}

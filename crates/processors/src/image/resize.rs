//! Lanczos3, plane by plane or pixel by pixel.

use fast_image_resize::PixelType;
use fast_image_resize::images::{Image, ImageRef};
use turbojpeg::Subsamp;

use super::geometry::{Crop, Target};
use super::lanczos;
use super::raster::{Packed, Planar, PlaneShape, Raster};
use super::workspace::Workspace;

/// A scaled copy of `source`. Planes come out with the chroma sampling `chroma`; a grey picture stays grey.
pub(super) fn resize(source: &Raster, target: Target, chroma: Subsamp, workspace: &mut Workspace) -> Raster {
    match source {
        Raster::Planar(planar) => Raster::Planar(resize_planes(planar, target, chroma, workspace)),
        Raster::Packed(packed) => Raster::Packed(resize_pixels(packed, target, workspace)),
    }
}

fn resize_planes(source: &Planar, target: Target, chroma: Subsamp, workspace: &mut Workspace) -> Planar {
    let subsamp = if source.is_gray() { Subsamp::Gray } else { chroma };
    let mut scaled = Planar::over(&mut workspace.buffers, target.size, subsamp);
    let crop = target.crop(source.size);
    for (from, to) in source.shapes().iter().zip(scaled.shapes()) {
        let samples = &source.samples[from.range()];
        let plane =
            ImageRef::new(from.stride, from.rows, samples, PixelType::U8).expect("a plane holds stride x rows samples");
        // The visible samples are written without padding; `pad` spreads them afterwards.
        let visible = to.offset..to.offset + to.visible.width as usize * to.visible.height as usize;
        let mut output =
            Image::from_slice_u8(to.visible.width, to.visible.height, &mut scaled.samples[visible], PixelType::U8)
                .expect("a plane has room for its visible samples");
        let part = plane_crop(crop, target, (from, &to));
        workspace
            .resizer
            .resize(&plane, &mut output, &lanczos::options().crop(part.left, part.top, part.width, part.height))
            .expect("the crop lies inside of the plane");
    }
    scaled.pad();
    scaled
}

/// Translates a crop in pixels into samples of a plane.
///
/// Chroma samples of an odd size reach one pixel beyond the edge, in the source as in the result: the part that is scaled has to
/// reach as far, or colour would be stretched against luma.
fn plane_crop(crop: Crop, target: Target, (from, to): (&PlaneShape, &PlaneShape)) -> Crop {
    let reach = |samples: u32, sampling: u32, pixels: u32| f64::from(samples * sampling) / f64::from(pixels);
    let (horizontal, vertical) = (f64::from(from.sampling.0), f64::from(from.sampling.1));
    let (left, top) = (crop.left / horizontal, crop.top / vertical);
    let width = crop.width * reach(to.visible.width, to.sampling.0, target.size.width) / horizontal;
    let height = crop.height * reach(to.visible.height, to.sampling.1, target.size.height) / vertical;
    Crop {
        left,
        top,
        width: width.min(f64::from(from.visible.width) - left),
        height: height.min(f64::from(from.visible.height) - top),
    }
}

fn resize_pixels(source: &Packed, target: Target, workspace: &mut Workspace) -> Packed {
    let pixel_type = source.channels.pixel_type();
    let pixels = ImageRef::new(source.size.width, source.size.height, &source.samples, pixel_type)
        .expect("the buffer holds exactly width x height pixels");
    let mut scaled = Packed::over(&mut workspace.buffers, target.size, source.channels);
    let mut output = Image::from_slice_u8(target.size.width, target.size.height, &mut scaled.samples, pixel_type)
        .expect("the buffer holds exactly width x height pixels");
    let crop = target.crop(source.size);
    let options = lanczos::options().crop(crop.left, crop.top, crop.width, crop.height);
    workspace.resizer.resize(&pixels, &mut output, &options).expect("the crop lies inside of the picture");
    scaled
}

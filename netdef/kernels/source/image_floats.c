/* Floats of images that are bytes: windows of them, some turned around, (x - mean) · scale, in one pass over memory. */

#include "bytes.h"
#include "scratch.h"
#include "turned.h"

#define MARGIN 64 /* bytes before, between and behind turned rows that may be read or written, and are not used */

/* Windows of planes × rows × ``width`` numbers, in pixels of ``channels``, 16 at most; how far apart images, planes and
   rows lie, in bytes, and those of the mean, in floats. The floats lie one behind the other.

   ``mirrored``: the pixels of each row in the opposite order; those of the mean lie so. ``streamed``: written past the
   caches. */
struct image_floats {
    int64_t images, planes, rows, width, channels, image_step, plane_step, row_step, mean_plane, mean_row;
    int64_t mirrored, streamed, threads;
    double scale;
};

/* A row: its bytes, its mean and its floats. */
struct row {
    const uint8_t *x;
    const float *mean;
    float *y;
};

/* An image: its bytes, its mean and its floats, and room for two of its rows that are turned around. */
struct image {
    struct row first;
    uint8_t *room;
    __m128i places;
};

INLINE vector normalized(vector x, vector mean, float scale) { return (x - mean) * scale; }

/* The first numbers of one vector, and the others of another. */
INLINE vector joined(vector first, ptrdiff_t count, vector second)
{
    mask lanes;
    for (int i = 0; i < LANES; i++)
        lanes[i] = i;
    const mask chosen = lanes < (int32_t)count;
    return (vector)(((mask)first & chosen) | ((mask)second & ~chosen));
}

INLINE void write(float *to, vector value, int streamed)
{
    if (streamed)
        stream(to, value);
    else
        store(to, value);
}

INLINE void one_by_one(const struct row *row, ptrdiff_t from, ptrdiff_t end, float scale)
{
    for (ptrdiff_t i = from; i < end; i++)
        row->y[i] = ((float)row->x[i] - row->mean[i]) * scale;
}

INLINE struct row row_of(const struct image_floats *task, const struct image *image, ptrdiff_t index)
{
    const ptrdiff_t plane = index / task->rows, down = index % task->rows;
    const struct row first = image->first;
    const uint8_t *x = first.x + plane * task->plane_step + down * task->row_step;
    if (task->mirrored) {
        uint8_t *turned = image->room + MARGIN + index % 2 * (task->width + MARGIN);
        turn(turned, x, task->width, task->channels, image->places);
        x = turned;
    }
    const float *mean = first.mean + plane * task->mean_plane + down * task->mean_row;
    return (struct row){x, mean, first.y + index * task->width};
}

/* Each vector of floats begins at a multiple of its size, wherever rows do: one may hold the end of a row and the
   beginning of the next. */
INLINE void write_image(const struct image_floats *task, const struct image *image, int streamed)
{
    const ptrdiff_t rows = task->planes * task->rows, width = task->width;
    const float scale = (float)task->scale;
    struct row row = row_of(task, image, 0);
    ptrdiff_t at = least((ptrdiff_t)(-(uintptr_t)row.y % sizeof(vector) / sizeof(float)), width);
    one_by_one(&row, 0, at, scale);
    for (ptrdiff_t index = 0; index < rows; index++) {
        for (; at + LANES <= width; at += LANES)
            write(row.y + at, normalized(floats_of(row.x + at), load(row.mean + at), scale), streamed);
        if (index + 1 == rows)
            break;
        const struct row next = row_of(task, image, index + 1);
        const ptrdiff_t rest = width - at;
        if (rest > 0) {
            const vector x = joined(floats_of(row.x + at), rest, floats_of(next.x - rest));
            const vector mean = joined(load(row.mean + at), rest, load(next.mean - rest));
            write(row.y + at, normalized(x, mean, scale), streamed);
        }
        at = rest > 0 ? LANES - rest : 0;
        row = next;
    }
    one_by_one(&row, at, width, scale);
}

/* Rows shorter than two vectors. */
static void write_narrow(const struct image_floats *task, const struct image *image)
{
    for (ptrdiff_t index = 0; index < task->planes * task->rows; index++) {
        const struct row row = row_of(task, image, index);
        one_by_one(&row, 0, task->width, (float)task->scale);
    }
}

/* ``starts``: for each image where its mean begins; all at 0 without. Before and behind all means LANES floats may be
   read. */
int netdef_image_floats(const struct image_floats *task, const uint8_t *x, const float *means, const int64_t *starts,
                        float *y)
{
    const ptrdiff_t numbers = task->planes * task->rows * task->width;
#pragma omp parallel for num_threads(task->threads) schedule(dynamic, 1)
    for (ptrdiff_t i = 0; i < task->images; i++) {
        uint8_t *room = (uint8_t *)scratch((2 * task->width + 3 * MARGIN) / sizeof(float) + 1);
        const struct row first = {x + i * task->image_step, means + (starts ? starts[i] : 0), y + i * numbers};
        const struct image image = {first, room, turned_places(task->channels)};
        if (!room)
            continue;
        if (task->width < 2 * LANES)
            write_narrow(task, &image);
        else if (task->streamed)
            write_image(task, &image, 1);
        else
            write_image(task, &image, 0);
        end_streams();
    }
    return shortage();
}

/* Floats of images that are bytes: (x - mean) · scale, in one pass over memory. */

#include "bytes.h"

/* Images of planes × rows × ``width`` numbers, one behind the other, and how far apart rows of the mean lie, in floats.

   ``streamed``: written past the caches. */
struct image_floats {
    int64_t images, planes, rows, width, mean_plane, mean_row, threads, streamed;
    double scale;
};

/* The rows of one image: each begins where the one before ends, but for its mean. */
struct place {
    const uint8_t *x;
    const float *mean;
    float *y;
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

INLINE void one_by_one(const struct place *p, ptrdiff_t from, ptrdiff_t end, float scale)
{
    for (ptrdiff_t i = from; i < end; i++)
        p->y[i] = ((float)p->x[i] - p->mean[i]) * scale;
}

static const float *mean_of_row(const struct image_floats *task, const float *mean, ptrdiff_t row)
{
    return mean + row / task->rows * task->mean_plane + row % task->rows * task->mean_row;
}

/* Each vector of floats begins at a multiple of its size, wherever rows do: one may hold the end of a row and the
   beginning of the next. */
INLINE void write_image(const struct image_floats *task, struct place p, const float *mean, int streamed)
{
    const ptrdiff_t rows = task->planes * task->rows, width = task->width;
    const float scale = (float)task->scale;
    p.mean = mean;
    ptrdiff_t at = least((ptrdiff_t)(-(uintptr_t)p.y % sizeof(vector) / sizeof(float)), width);
    one_by_one(&p, 0, at, scale);
    for (ptrdiff_t row = 0; row < rows; row++) {
        for (; at + LANES <= width; at += LANES)
            write(p.y + at, normalized(floats_of(p.x + at), load(p.mean + at), scale), streamed);
        if (row + 1 == rows)
            break;
        const float *next = mean_of_row(task, mean, row + 1);
        const ptrdiff_t rest = width - at;
        if (rest > 0) {
            const vector means = joined(load(p.mean + at), rest, load(next - rest));
            write(p.y + at, normalized(floats_of(p.x + at), means, scale), streamed);
        }
        at = rest > 0 ? LANES - rest : 0;
        p = (struct place){p.x + width, next, p.y + width};
    }
    one_by_one(&p, at, width, scale);
}

/* Rows shorter than a vector. */
static void write_narrow(const struct image_floats *task, struct place p, const float *mean)
{
    for (ptrdiff_t row = 0; row < task->planes * task->rows; row++) {
        p.mean = mean_of_row(task, mean, row);
        one_by_one(&p, 0, task->width, (float)task->scale);
        p.x += task->width;
        p.y += task->width;
    }
}

/* ``starts``: for each image where its mean begins. Before and behind all means LANES floats may be read. */
int netdef_image_floats(const struct image_floats *task, const uint8_t *x, const float *means, const int64_t *starts,
                        float *y)
{
    const ptrdiff_t numbers = task->planes * task->rows * task->width;
#pragma omp parallel for num_threads(task->threads) schedule(dynamic, 1)
    for (ptrdiff_t i = 0; i < task->images; i++) {
        const struct place p = {x + i * numbers, NULL, y + i * numbers};
        const float *mean = means + starts[i];
        if (task->width < 2 * LANES)
            write_narrow(task, p, mean);
        else if (task->streamed)
            write_image(task, p, mean, 1);
        else
            write_image(task, p, mean, 0);
        end_streams();
    }
    return 0;
}

#include "columns.h"

struct columns columns_of(const struct convolution *c, ptrdiff_t group, ptrdiff_t first, ptrdiff_t width)
{
    struct columns columns = {.c = c, .width = width};
    const ptrdiff_t beside = c->tap_step * c->place == c->channels ? c->kernel_width : 1; /* taps that are one run */
    const ptrdiff_t length = beside * c->channels, across = c->kernel_width / beside;
    for (ptrdiff_t done = 0; done < width;) {
        const ptrdiff_t whole = (first + done) / length, inside = (first + done) % length;
        struct run *run = &columns.run[columns.runs++];
        run->row = whole / across * c->line_step;
        run->at = whole % across * c->tap_step * c->place + group * c->channels + inside;
        run->start = done;
        run->count = least(width - done, length - inside);
        done += run->count;
    }
    return columns;
}

/* Windows ``first`` to ``end`` of one row: where a run begins in the first of them, and how far it goes on in each. */
struct row {
    ptrdiff_t first, end, from, step;
};

/* The windows of a row of which a run lies wholly on the image; none if it lies above or below. */
INLINE struct row row_of(const struct convolution *c, const struct run *run, ptrdiff_t row, ptrdiff_t first,
                         ptrdiff_t end)
{
    const ptrdiff_t line = row * c->stride_height - c->pad_height + run->row, step = c->stride_width * c->place;
    const ptrdiff_t begin = run->at - c->pad_width * c->place, last = c->width * c->place - run->count - begin;
    struct row inside = {first, end, 0, step};
    if (begin + first * step < 0)
        inside.first = least(end, (step - 1 - begin) / step);
    if (line < 0 || line >= c->height || last < 0)
        inside.end = inside.first;
    else if ((end - 1) * step > last)
        inside.end = last / step + 1 > inside.first ? last / step + 1 : inside.first;
    inside.from = line * c->width * c->place + begin + inside.first * step;
    return inside;
}

/* A run of a window that lies on the image in part. */
INLINE struct run cut_off(const struct convolution *c, const struct run *run, ptrdiff_t row, ptrdiff_t column,
                          ptrdiff_t *from)
{
    const ptrdiff_t line = row * c->stride_height - c->pad_height + run->row, reach = c->width * c->place;
    const ptrdiff_t begin = (column * c->stride_width - c->pad_width) * c->place + run->at;
    const ptrdiff_t before = begin < 0 ? -begin : 0;
    const ptrdiff_t count = line < 0 || line >= c->height ? 0 : least(run->count, reach - begin) - before;
    *from = line * reach + begin + before;
    return (struct run){.start = run->start + before, .count = count};
}

INLINE void copy_some(const float *from, ptrdiff_t count, float *to)
{
    for (ptrdiff_t lane = 0; lane < count; lane += LANES)
        store_some(to + lane, load_some(from + lane, count - lane), count - lane);
}

INLINE void add_some(const float *from, ptrdiff_t count, float *to)
{
    for (ptrdiff_t lane = 0; lane < count; lane += LANES) {
        const vector sum = load_some(to + lane, count - lane) + load_some(from + lane, count - lane);
        store_some(to + lane, sum, count - lane);
    }
}

/* Copy or add what lies on the image of a run of windows that reach beyond it. */
INLINE void each_cut_off(const int adds, const struct columns *columns, const struct run *run, ptrdiff_t row,
                         ptrdiff_t first, ptrdiff_t end, float *image, float *lines, ptrdiff_t width)
{
    for (ptrdiff_t column = first, from; column < end; column++, lines += width) {
        const struct run part = cut_off(columns->c, run, row, column, &from);
        if (part.count > 0 && adds)
            add_some(lines + part.start, part.count, image + from);
        else if (part.count > 0)
            copy_some(image + from, part.count, lines + part.start);
    }
}

/* Copy or add a run of some windows of a row; ``lines`` are those windows' own. Of windows that share places every
   second one is added first, or every third: a sum that was just written is slow to read. */
INLINE void each_window(const int adds, const struct columns *columns, const struct run *run, ptrdiff_t row,
                        ptrdiff_t first, ptrdiff_t end, float *image, float *lines, ptrdiff_t width)
{
    const struct row inside = row_of(columns->c, run, row, first, end);
    const ptrdiff_t apart = adds ? (run->count + inside.step - 1) / inside.step : 1;
    each_cut_off(adds, columns, run, row, first, inside.first, image, lines, width);
    for (ptrdiff_t phase = 0; phase < apart; phase++)
        for (ptrdiff_t i = phase; i < inside.end - inside.first; i += apart) {
            float *from = image + inside.from + i * inside.step;
            float *line = lines + (inside.first - first + i) * width + run->start;
            if (adds)
                add_some(line, run->count, from);
            else
                copy_some(from, run->count, line);
        }
    each_cut_off(adds, columns, run, row, inside.end, end, image, lines + (inside.end - first) * width, width);
}

void gather(const struct columns *columns, const float *x, ptrdiff_t first, ptrdiff_t count, float *lines)
{
    const struct convolution *c = columns->c;
    const ptrdiff_t width = columns->width > LANES ? PANEL : LANES, end = first + count;
    if (c->pad_height || c->pad_width)
        memset(lines, 0, count * width * sizeof(float));
    for (ptrdiff_t next; first < end; first = next) {
        const ptrdiff_t row = first / c->out_width, column = first % c->out_width;
        next = least(end, (row + 1) * c->out_width);
        const float *image = x + row / c->out_height * c->height * c->width * c->place;
        for (ptrdiff_t r = 0; r < columns->runs; r++)
            each_window(0, columns, &columns->run[r], row % c->out_height, column, column + next - first,
                        (float *)image, lines, width);
        lines += (next - first) * width;
    }
}

void spread(const struct columns *columns, const float *lines, ptrdiff_t first, ptrdiff_t count, float *image)
{
    const struct convolution *c = columns->c;
    const ptrdiff_t end = first + count;
    for (ptrdiff_t next; first < end; first = next) {
        const ptrdiff_t row = first / c->out_width, column = first % c->out_width;
        next = least(end, (row + 1) * c->out_width);
        for (ptrdiff_t r = 0; r < columns->runs; r++)
            each_window(1, columns, &columns->run[r], row, column, column + next - first, image, (float *)lines, PANEL);
        lines += (next - first) * PANEL;
    }
}

/* Kernels called one after the other, as was taken down when they were called one by one.

   A list may run for a few images at a time, so that what lies between its kernels stays in the cache. */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MOST 5 /* addresses beside that of the options */
#define LONGEST 256 /* bytes of options */

/* Counts from one of the bases that are told when a list runs, the first of which is 0; ``image`` bytes for each image
   that has been before. */
struct address {
    int64_t base, offset, image;
};

/* The first of the options counts images, or ranges of which each image has ``ranges``. */
struct call {
    int64_t kernel, options, size, ranges, count;
    struct address at[MOST];
};

struct list {
    int64_t calls, images, at_once;
};

typedef int one(const void *, void *);
typedef int two(const void *, void *, void *);
typedef int three(const void *, void *, void *, void *);
typedef int four(const void *, void *, void *, void *, void *);
typedef int five(const void *, void *, void *, void *, void *, void *);

static int run(const struct call *call, const int64_t *bases, int64_t first, int64_t images)
{
    void *at[MOST];
    for (ptrdiff_t i = 0; i < call->count; i++)
        at[i] = (void *)(intptr_t)(bases[call->at[i].base] + call->at[i].offset + first * call->at[i].image);
    int64_t options[LONGEST / sizeof(int64_t)];
    memcpy(options, (const void *)(intptr_t)call->options, call->size);
    options[0] = images * call->ranges;
    switch (call->count) {
    case 1:
        return ((one *)(intptr_t)call->kernel)(options, at[0]);
    case 2:
        return ((two *)(intptr_t)call->kernel)(options, at[0], at[1]);
    case 3:
        return ((three *)(intptr_t)call->kernel)(options, at[0], at[1], at[2]);
    case 4:
        return ((four *)(intptr_t)call->kernel)(options, at[0], at[1], at[2], at[3]);
    default:
        return ((five *)(intptr_t)call->kernel)(options, at[0], at[1], at[2], at[3], at[4]);
    }
}

/* Ends with the first call that has no memory. */
int netdef_replay(const struct list *list, const struct call *calls, const int64_t *bases)
{
    for (int64_t first = 0; first < list->images; first += list->at_once) {
        const int64_t rest = list->images - first, images = rest < list->at_once ? rest : list->at_once;
        for (ptrdiff_t i = 0; i < list->calls; i++) {
            const int short_of_memory = run(calls + i, bases, first, images);
            if (short_of_memory)
                return short_of_memory;
        }
    }
    return 0;
}

/* views.h - graphs made by hand, and what is seen of their views
 *
 * For the tests of the view.  Nothing here fails but the test: what goes wrong
 * is an assertion of it. */
#ifndef VIEWS_H
#define VIEWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "view/view.h"

/* A graph that is being made; words are given once and never fail. */
struct maker {
    struct rg_graph *graph;
};

struct maker make(void);
uint32_t add_object(struct maker *maker, const char *type, uint32_t flags);
uint32_t add_target(struct maker *maker, const char *type);
uint32_t add_root(struct maker *maker, enum rg_root_kind kind,
                  const char *name);

/* A reference of an object, and one of a root. */
void refer(struct maker *maker, uint32_t referent, uint32_t referrer,
           enum rg_kind kind, const char *label);
void variable(struct maker *maker, uint32_t referent, uint32_t root,
              enum rg_kind kind, const char *label);
void rest(struct maker *maker, uint32_t referent, uint32_t after,
          enum rg_kind kind, uint64_t count);

/* The path of `target_count` targets, that at this position among them, which
 * the graph carries: from a root, or when that is RG_NONE from the first of
 * `count` objects, down to the target, the last.  Where the graph has no
 * reference from one to the next, a limit cut the path. */
void emphasise(struct maker *maker, uint32_t position, uint32_t target_count,
               uint32_t root, const uint32_t *objects, uint32_t count);

/* `count` objects of one type refer to the target in one way. */
struct maker make_alike(uint32_t count, uint32_t *target);

/* A chain of `count` objects of one referrer each, then a root: the path. */
struct maker make_chain(uint32_t count, enum rg_root_kind kind);

/* Seals the graph, and finds the references that the steps of paths are. */
void seal(struct maker *maker);

/* Seals, reads the view off, and checks every rule of it. */
struct rg_view *view_of(struct maker *maker, size_t max_objects);

/* Frees the view and its graph. */
void drop(struct maker *maker, struct rg_view *view);

/* The node of an object or a root, and the only one of a kind; RG_NONE when
 * there is none. */
uint32_t node_of(const struct rg_view *view, uint32_t object);
uint32_t node_of_root(const struct rg_view *view, uint32_t root);
uint32_t only(const struct rg_view *view, enum rg_view_kind kind);
size_t count_kind(const struct rg_view *view, enum rg_view_kind kind);

/* The edge between two nodes, or NULL. */
const struct rg_view_edge *edge_between(const struct rg_view *view,
                                        uint32_t referrer, uint32_t referent);
bool label_is(const struct rg_view *view, uint32_t reference,
              const char *label);

#endif

/* json_picture.h - what a picture shows, as JSON; private to render */
#ifndef RG_RENDER_JSON_PICTURE_H
#define RG_RENDER_JSON_PICTURE_H

#include "render/json.h"

/* `"picture": {...}` and a newline. */
void rg__json_picture(struct rg_sink *sink, const struct rg_view *view,
                      const struct rg_json_options *options);

#endif

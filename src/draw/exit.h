/* exit.h - with which status the drawing program ends */
#ifndef RG_DRAW_EXIT_H
#define RG_DRAW_EXIT_H

enum {
    RG__EXIT_DRAWN = 0, /* the whole picture was written */
    RG__EXIT_FAILED = 1,
    RG__EXIT_USAGE = 2,
    RG__EXIT_TIMEOUT = 3
};

#endif

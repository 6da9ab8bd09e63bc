#include "module/look.h"

#include "base/drill.h"

enum rg_status rg__look_ask(void *progress)
{
    enum rg_drill drill = rg_drill_ask();
    if (drill == RG_DRILL_INTERRUPT)
        PyErr_SetInterrupt();
    if (PyOS_InterruptOccurred())
        return RG_EINTERRUPT;
    rg_progress_tick(progress);
    return drill == RG_DRILL_TIMEOUT ? RG_ETIMEOUT : RG_OK;
}

int rg__look_interrupted(void)
{
    PyErr_SetInterrupt();
    return PyErr_CheckSignals();
}

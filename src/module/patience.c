#include "module/patience.h"

#include <stddef.h>

#include "base/clock.h"

enum rg_status rg__patience_check(struct rg__patience *patience)
{
    double now = rg_now();
    if (patience->deadline > 0 && now >= patience->deadline)
        return RG_ETIMEOUT;
    if (patience->interrupted == NULL ||
        now - patience->asked < RG__PATIENCE_POLL_MS / 1e3)
        return RG_OK;
    patience->asked = now;
    return patience->interrupted(patience->context) != 0 ? RG_EINTERRUPT
                                                         : RG_OK;
}

int rg__patience_nap(const struct rg__patience *patience)
{
    if (patience->deadline <= 0)
        return RG__PATIENCE_POLL_MS;
    double left = (patience->deadline - rg_now()) * 1e3 + 1;
    if (left < 0)
        return 0;
    return left < RG__PATIENCE_POLL_MS ? (int)left : RG__PATIENCE_POLL_MS;
}

import app

import referrers

print(referrers.growth(app.handle_request))

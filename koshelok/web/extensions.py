"""The Flask extensions, made once and bound to an app in `create_app`."""

from flask_babel import Babel
from flask_compress import Compress
from flask_jwt_extended import JWTManager
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_wtf import CSRFProtect

babel = Babel()
compress = Compress()
csrf = CSRFProtect()
jwt = JWTManager()
login_manager = LoginManager()
migrate = Migrate()

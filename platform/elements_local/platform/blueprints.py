"""Which blueprints make up the platform, and below what they are reached."""

from flask import Flask

from elements_local.platform.accounts import routes as accounts
from elements_local.platform.accounts import routes_login as login
from elements_local.platform.accounts import routes_users as users
from elements_local.platform.accounts import routes_workspaces as workspace_routes
from elements_local.platform.audit import routes as audit
from elements_local.platform.bulk import routes as bulk
from elements_local.platform.callbacks import routes as deliveries
from elements_local.platform.callbacks import routes_outbox as outbox
from elements_local.platform.core.paths import BASE_PATH
from elements_local.platform.documents import routes as docs
from elements_local.platform.events import routes_notifications as notifications
from elements_local.platform.events import routes_subscriptions as subscriptions
from elements_local.platform.explain.cures import FixFinder
from elements_local.platform.explain.routes import explain_routes
from elements_local.platform.hub import routes as hubs
from elements_local.platform.hub import routes_catalogue as hub_catalogue
from elements_local.platform.hub import routes_elements as elements
from elements_local.platform.hub import routes_objects as hub_objects
from elements_local.platform.inbound import routes as inbound
from elements_local.platform.instances import routes as instances
from elements_local.platform.instances import routes_configuration as instance_configuration
from elements_local.platform.instances import routes_events as events
from elements_local.platform.instances import routes_lint as lint
from elements_local.platform.jobs import routes_activity as activity
from elements_local.platform.jobs import routes_clock as clock
from elements_local.platform.polling import routes as polls
from elements_local.platform.polling import routes_jobs as jobs
from elements_local.platform.transformations import routes as transformations

_LOCAL = (
    clock.bp,
    workspace_routes.bp,
    polls.bp,
    audit.pollers,
    outbox.bp,
    audit.bp,
    activity.bp,
    lint.config_warnings,
    lint.bp,
    login.console,
)
"""What stands beside the API: the admin routes, and the older way of signing in."""

_API = (
    *(users.bp, accounts.bp, users.organizations, login.bp),
    *(instances.bp, instances.of_element, instances.of_account),
    *(events.bp, events.event_analytics, inbound.bp, jobs.bp, bulk.bp),
    *(notifications.bp, subscriptions.bp, deliveries.bp),
    *(elements.bp, elements.oauth, hub_catalogue.bp, docs.bp, instances.traces),
    *(hub_objects.bp, docs.of_objects, hubs.bp),
)
_OF_ONE_INSTANCE = (instances.one, instance_configuration.bp, docs.of_instance, transformations.bp)
"""What is reached by an instance's id, and by its token."""


def add_routes(app: Flask, cures: FixFinder) -> None:
    """Give the platform its routes."""
    for blueprint in (*_LOCAL, explain_routes(cures)):
        app.register_blueprint(blueprint)
    for blueprint in _API:
        app.register_blueprint(blueprint, url_prefix=BASE_PATH + (blueprint.url_prefix or ""))
    for blueprint in _OF_ONE_INSTANCE:
        app.register_blueprint(blueprint, url_prefix=f"{BASE_PATH}/instances/<instance_id>")
        app.register_blueprint(
            blueprint, url_prefix=f"{BASE_PATH}/instances", name=f"{blueprint.name}_of_token"
        )

"""Which blueprints make up the platform, and below what they are reached."""

from flask import Flask

from mock_platform.accounts import routes as accounts
from mock_platform.accounts import routes_login as login
from mock_platform.accounts import routes_users as users
from mock_platform.accounts import routes_workspaces as workspace_routes
from mock_platform.activity import routes as activity
from mock_platform.audit import routes as audit
from mock_platform.audit import routes_pollers as pollers
from mock_platform.bulk import routes as bulk
from mock_platform.callbacks import routes as deliveries
from mock_platform.callbacks import routes_outbox as outbox
from mock_platform.core.paths import BASE_PATH
from mock_platform.documents import routes as docs
from mock_platform.documents import routes_instance as instance_docs
from mock_platform.elements import routes as elements
from mock_platform.elements import routes_oauth as oauth
from mock_platform.events import routes_notifications as notifications
from mock_platform.events import routes_subscriptions as subscriptions
from mock_platform.explain import routes as explain
from mock_platform.hub import routes as hubs
from mock_platform.hub import routes_catalogue as hub_catalogue
from mock_platform.hub import routes_objects as hub_objects
from mock_platform.inbound import routes as inbound
from mock_platform.instances import routes as instances
from mock_platform.instances import routes_configuration as instance_configuration
from mock_platform.instances import routes_event_analytics as event_analytics
from mock_platform.instances import routes_events as events
from mock_platform.instances import routes_lint as lint
from mock_platform.instances import routes_of_account as account_instances
from mock_platform.instances import routes_of_element as element_instances
from mock_platform.instances import routes_one as one_instance
from mock_platform.instances import routes_traces as traces
from mock_platform.instances import routes_warnings as config_warnings
from mock_platform.instances.named_instance import register_both_ways
from mock_platform.jobs import routes_clock as clock
from mock_platform.polling import routes as polls
from mock_platform.polling import routes_jobs as jobs
from mock_platform.transformations import routes as transformations

_LOCAL = (
    clock.bp,
    workspace_routes.bp,
    polls.bp,
    pollers.bp,
    outbox.bp,
    audit.bp,
    explain.bp,
    activity.bp,
    config_warnings.bp,
    lint.bp,
    login.console,
)
"""What stands beside the API: the admin routes, and the older way of signing in."""

_API = (
    *(users.bp, accounts.bp, users.organizations, login.bp),
    *(instances.bp, element_instances.bp, account_instances.bp),
    *(events.bp, event_analytics.bp, inbound.bp, jobs.bp, bulk.bp),
    *(notifications.bp, subscriptions.bp, deliveries.bp),
    *(elements.bp, oauth.bp, hub_catalogue.bp, docs.bp, traces.bp),
    *(hub_objects.bp, instance_docs.of_objects, hubs.bp),
)
_OF_ONE_INSTANCE = (one_instance.bp, instance_configuration.bp, instance_docs.bp, transformations.bp)
"""What is reached by an instance's id, and by its token."""


def add_routes(app: Flask) -> None:
    """Give the platform its routes."""
    for blueprint in _LOCAL:
        app.register_blueprint(blueprint)
    for blueprint in _API:
        app.register_blueprint(blueprint, url_prefix=BASE_PATH + (blueprint.url_prefix or ""))
    for blueprint in _OF_ONE_INSTANCE:
        register_both_ways(app, blueprint, base_path=BASE_PATH)

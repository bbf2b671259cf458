"""The dashboard: pages that show a stack and take its calls in hand, made of nothing but what its routes answer."""

from elements_local.dashboard.pages import DashboardPages

__all__ = ["DashboardPages"]

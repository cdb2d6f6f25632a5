"""How long answers take, by route: one series a route, however many genes are asked for."""

from time import perf_counter

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5)


class Measured:
    """ASGI middleware that times every request."""

    def __init__(self, app: ASGIApp, seconds: Histogram) -> None:
        self.app = app
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start, status = perf_counter(), 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            route = getattr(scope.get("route"), "path", "no route")
            self.seconds.labels(route=route, status=str(status)).observe(perf_counter() - start)


def measure(app: FastAPI) -> None:
    """Time the requests of an app and tell them at `/metrics`, in Prometheus' text format."""
    registry = CollectorRegistry()
    told = "Seconds from the request to the end of its answer."
    seconds = Histogram("muster_request_seconds", told, ["route", "status"], buckets=BUCKETS, registry=registry)
    app.add_middleware(Measured, seconds=seconds)

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> PlainTextResponse:
        return PlainTextResponse(generate_latest(registry), media_type="text/plain; version=0.0.4")

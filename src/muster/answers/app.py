"""The routes: plain GETs to read, POSTs to ask for many genes or for an image."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import FastAPI, File, Path, Query, Request, UploadFile
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from muster.answers import lookups
from muster.answers.candidate_schema import CandidatesAnswer, CandidatesQuestion
from muster.answers.errors import BadImageError, NoFeaturesError, NotServedError, SetSizeError, UnknownNameError
from muster.answers.measure import measure
from muster.answers.schema import (
    ErrorAnswer,
    GenePhenotypes,
    GeneViability,
    ModelsAnswer,
    PredictAnswer,
    PredictQuestion,
    TermGenes,
    XrayAnswer,
)
from muster.answers.shelf import Shelf

GeneName = Annotated[str, Path(description="Symbol (any case) or MGI accession.", examples=["Mapk14", "MGI:1346865"])]
TermName = Annotated[str, Path(description="MP accession or name.", examples=["MP:0001399"])]
Wanted = Annotated[
    Literal["all", "untested", "tested", "called"],
    Query(description="Only genes or terms of this status; untested is where a prediction says something new."),
]
Limit = Annotated[int, Query(ge=1, le=1000, description="Most rows to return.")]
ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorAnswer, "description": "Bad input: the field, what was found, what was expected."},
    404: {"model": ErrorAnswer, "description": "No such name; names that look like it."},
    503: {"model": ErrorAnswer, "description": "No model is promoted; what to run."},
    "default": {"model": ErrorAnswer, "description": "Any other error."},
}


def build_app() -> FastAPI:
    """Return the app; it answers once `app.state.shelf` holds a `Shelf`."""
    app = FastAPI(
        title="Muster", version="1", docs_url=None, redoc_url=None, responses=ERRORS, description=__doc__ or ""
    )

    @app.get("/genes/{gene}/phenotypes", tags=["genes"])
    async def gene_phenotypes(
        request: Request, gene: GeneName, status: Wanted = "all", limit: Limit = 20
    ) -> GenePhenotypes:
        """Which phenotypes does this gene have, or likely have?"""
        return lookups.gene_phenotypes(shelf(request), gene, status, limit)

    @app.get("/genes/{gene}/viability", tags=["genes"])
    def gene_viability(request: Request, gene: GeneName) -> GeneViability:
        """Is the homozygous knockout lethal, subviable or viable?"""
        return lookups.gene_viability(shelf(request), gene)

    @app.get("/terms/{mp_term_id}/genes", tags=["terms"])
    async def term_genes(
        request: Request, mp_term_id: TermName, status: Wanted = "untested", limit: Limit = 20
    ) -> TermGenes:
        """Which genes likely have this phenotype? Untested ones first asked for."""
        return lookups.term_genes(shelf(request), mp_term_id, status, limit)

    @app.get("/models", tags=["models"])
    def models(request: Request) -> ModelsAnswer:
        """Which models answer, how well they did, and why they were promoted."""
        return lookups.models(shelf(request))

    _add_questions(app)
    _add_errors(app)
    measure(app)
    return app


def shelf(request: Request) -> Shelf:
    """Return what answers."""
    found: Shelf = request.app.state.shelf
    return found


def _add_questions(app: FastAPI) -> None:
    """Add the routes that are asked with a body."""

    @app.post("/predict", tags=["models"])
    def predict(request: Request, question: PredictQuestion) -> PredictAnswer:
        """Ask for up to 1,000 genes at once."""
        return lookups.predict(shelf(request), question)

    @app.post("/candidates", tags=["genes"])
    def candidate_genes(request: Request, question: CandidatesQuestion) -> CandidatesAnswer:
        """Which other genes belong to this set of genes?"""
        return lookups.candidates(shelf(request), question)

    @app.post("/xray", tags=["images"])
    def xray(
        request: Request, image: Annotated[UploadFile, File(description="A radiograph: JPEG, PNG, TIFF or DICOM.")]
    ) -> XrayAnswer:
        """Which view is this radiograph, and of which sex is the mouse?"""
        return lookups.xray(shelf(request), image.file.read())


def _add_errors(app: FastAPI) -> None:
    """Give every error the same shape."""

    @app.exception_handler(RequestValidationError)
    async def bad_input(_: Request, error: RequestValidationError) -> JSONResponse:
        return _told(400, **_first_problem(error.errors()))

    @app.exception_handler(UnknownNameError)
    def unknown(_: Request, error: UnknownNameError) -> JSONResponse:
        return _told(404, error=str(error), field=error.field, found=error.found, near=error.near())

    @app.exception_handler(BadImageError)
    async def bad_image(_: Request, error: BadImageError) -> JSONResponse:
        return _told(400, error=str(error), field="image", found=error.found, expected=error.expected)

    @app.exception_handler(SetSizeError)
    async def set_size(_: Request, error: SetSizeError) -> JSONResponse:
        return _told(400, error=str(error), field="genes", found=error.found, expected=error.expected)

    @app.exception_handler(NotServedError)
    @app.exception_handler(NoFeaturesError)
    async def not_served(_: Request, error: Exception) -> JSONResponse:
        return _told(503, error=str(error))

    @app.exception_handler(HTTPException)
    async def any_other(_: Request, error: HTTPException) -> JSONResponse:
        content = error.detail if isinstance(error.detail, dict) else {"error": str(error.detail)}
        return JSONResponse(ErrorAnswer(**content).model_dump(), error.status_code, error.headers)


def _told(status: int, **content: Any) -> JSONResponse:
    return JSONResponse(ErrorAnswer(**content).model_dump(), status)


def _first_problem(problems: Sequence[Any]) -> dict[str, str]:
    """Return the first problem of an input as field, what was found and what was expected."""
    problem = problems[0]
    field = ".".join(str(part) for part in problem["loc"][1:]) or str(problem["loc"][0])
    found = "nothing" if problem["type"] == "missing" else repr(problem.get("input"))[:200]
    expected = str(problem["msg"]).removeprefix("Input should be ")
    return {
        "error": f"{field}: found {found}, expected {expected}",
        "field": field,
        "found": found,
        "expected": expected,
    }

"""Stone-Soup's multi-target trackers on the same points: a peer to measure against, never a dependency.

Install it in an environment of its own beside this package: `pip install stonesoup` (1.9.1 was measured).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from stonesoup.dataassociator.neighbour import GNNWith2DAssignment
from stonesoup.deleter.time import UpdateTimeDeleter
from stonesoup.hypothesiser.probability import PDAHypothesiser
from stonesoup.initiator.simple import SinglePointInitiator
from stonesoup.models.measurement.linear import LinearGaussian
from stonesoup.models.transition.linear import CombinedLinearGaussianTransitionModel, OrnsteinUhlenbeck
from stonesoup.predictor.kalman import KalmanPredictor
from stonesoup.tracker.simple import MultiTargetTracker
from stonesoup.types.detection import Detection
from stonesoup.types.state import GaussianState
from stonesoup.types.update import Update
from stonesoup.updater.kalman import KalmanUpdater

MEMORY_MIN, GAP_MIN, CHANCE_PER_KM2 = 10.0, 15.0, 2e-5


def label_with_gnn(
    t: NDArray[np.float64],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    blur_km: float,
    speed_km_per_min: float,
) -> NDArray[np.int64]:
    """A flight's number for each point: global nearest neighbour, Ornstein-Uhlenbeck motion (kilometres, minutes).

    One detection of a flight in each scan is Stone-Soup's assumption, so each sighting is a scan of its own.
    """
    begun = datetime(2000, 1, 1, tzinfo=UTC)
    axis_variance = speed_km_per_min**2 / 2
    motion = CombinedLinearGaussianTransitionModel(
        [OrnsteinUhlenbeck(2 * axis_variance / MEMORY_MIN, 1 / MEMORY_MIN) for _ in range(2)]
    )
    seen = LinearGaussian(ndim_state=4, mapping=(0, 2), noise_covar=np.eye(2) * blur_km**2)
    detections = [
        Detection([[x[k]], [y[k]]], timestamp=begun + timedelta(seconds=float(t[k])), measurement_model=seen,
                  metadata={"k": k})
        for k in range(len(t))
    ]  # fmt: skip
    updater = KalmanUpdater(seen)
    hypothesiser = PDAHypothesiser(
        KalmanPredictor(motion), updater, clutter_spatial_density=CHANCE_PER_KM2, prob_detect=0.5, prob_gate=0.99
    )
    prior = GaussianState([[0], [0], [0], [0]], np.diag([1e6, axis_variance, 1e6, axis_variance]), timestamp=begun)
    tracker = MultiTargetTracker(
        initiator=SinglePointInitiator(prior, seen),
        deleter=UpdateTimeDeleter(timedelta(seconds=GAP_MIN)),
        detector=[(detection.timestamp, {detection}) for detection in detections],
        data_associator=GNNWith2DAssignment(hypothesiser),
        updater=updater,
    )
    flights = set()
    for _, tracks in tracker:
        flights |= tracks
    label = np.full(len(t), -1, dtype=np.int64)
    for number, flight in enumerate(flights):
        for state in flight:
            if isinstance(state, Update):
                label[state.hypothesis.measurement.metadata["k"]] = number
    alone = np.flatnonzero(label < 0)
    label[alone] = len(flights) + np.arange(len(alone))
    return label

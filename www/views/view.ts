/** What a view of the figure is. */
import type { Subject } from "./subject";
import type { Dataset } from "../data/dataset";
import type { Other } from "../engine/messages";
import type { Changed } from "../parts/field";
import type { Brought } from "../model/panel";
import type { Network } from "../network";
import type { Report, RunSettings } from "../report";
import type { TrainedOn } from "../run/train-on";

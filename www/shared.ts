/**
 * What is fetched on demand imports this before anything else. All that it shares with the page's own
 * code is then one file beside that, and not one for each set of parts that share something.
 */
import "./beside";
import "./calls/caller";
import "./clipboard";
import "./data/counts";
import "./data/drop";
import "./data/reader";
import "./data/samples";
import "./data/scale";
import "./data/stored";
import "./engine/place";
import "./engine/workers";
import "./explorer/downloads";
import "./explorer/image-file";
import "./explorer/loss-targets";
import "./explorer/numbers";
import "./explorer/pointer";
import "./failures";
import "./parts/dress";
import "./views/shared";
import "./views/subject";

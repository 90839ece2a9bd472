//! What theory says about waiting lines whose arrivals, conversations and patience are exponential.

/// A line without patience: M/M/n.
///
/// A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in automatic telephone
/// exchanges", 1917.
#[derive(Clone, Copy, Debug)]
pub struct ErlangC {
    pub per_hour: f64,
    /// Mean handling time.
    pub handling_s: f64,
    pub agents: u32,
}

impl ErlangC {
    /// Offered load in Erlang.
    #[must_use]
    pub fn load(&self) -> f64 {
        self.per_hour / 3_600.0 * self.handling_s
    }

    /// The chance to wait. By Erlang B's recursion B(k) = aB(k−1) ÷ (k + aB(k−1)), which never overflows.
    #[must_use]
    pub fn waits(&self) -> f64 {
        let load = self.load();
        let blocked = (1..=self.agents).fold(1.0, |b, k| load * b / (f64::from(k) + load * b));
        let occupancy = load / f64::from(self.agents);
        blocked / (1.0 - occupancy * (1.0 - blocked))
    }

    /// The share answered within so many seconds.
    #[must_use]
    pub fn service_level(&self, within_s: f64) -> f64 {
        1.0 - self.waits() * (-self.spare() * within_s / self.handling_s).exp()
    }

    /// The mean wait of all, those included who do not wait.
    #[must_use]
    pub fn asa_s(&self) -> f64 {
        self.waits() * self.handling_s / self.spare()
    }

    /// Agents beyond the load.
    fn spare(&self) -> f64 {
        f64::from(self.agents) - self.load()
    }
}

/// A line whose customers leave after an exponential time: M/M/n+M, "Erlang A".
///
/// C. Palm, "Research on telephone traffic carried by full availability groups", 1957; by the balance of neighbouring
/// states.
#[derive(Clone, Copy, Debug)]
pub struct ErlangA {
    pub line: ErlangC,
    /// Mean time after which a waiting customer leaves.
    pub patience_s: f64,
}

/// What Erlang A says of all who come.
#[derive(Clone, Copy, Debug)]
pub struct WithPatience {
    pub waits: f64,
    pub abandons: f64,
    /// Of all: answered at once, answered later, left.
    pub mean_wait_s: f64,
}

/// States beyond which nobody ever is; their weights are below any float's resolution.
const STATES: u32 = 20_000;

impl ErlangA {
    #[must_use]
    pub fn solve(&self) -> WithPatience {
        let arrivals = self.line.per_hour / 3_600.0;
        let (mut weight, mut all, mut waiting, mut in_line) = (1.0, 1.0, 0.0, 0.0);
        for present in 1..=STATES {
            let busy = f64::from(present.min(self.line.agents));
            let queued = f64::from(present.saturating_sub(self.line.agents));
            weight *= arrivals / (busy / self.line.handling_s + queued / self.patience_s);
            all += weight;
            if present >= self.line.agents {
                waiting += weight;
                in_line += weight * queued;
            }
            if weight < all * f64::EPSILON * 1e-3 && present > self.line.agents {
                break;
            }
        }
        let mean_in_line = in_line / all;
        WithPatience {
            waits: waiting / all,
            abandons: mean_in_line / self.patience_s / arrivals,
            // Little's law.
            mean_wait_s: mean_in_line / arrivals,
        }
    }
}

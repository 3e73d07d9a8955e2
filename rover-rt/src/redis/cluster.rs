//! A server that is a node of a cluster: it names the node that has a key, and from then on that is asked. A server that
//! is none never names another, and costs nothing more.

use std::rc::Rc;
use std::sync::Arc;

use rover_model::redis::RedisPlace;
use tokio::time::Instant;

use super::command::{Command, Sending};
use super::connection::RedisSettings;
use super::error::redirects;
use super::reply::{Becomes, Reply};
use super::worker::{Place, Worker};
use crate::wait::error::WaitError;

/// So often a question is sent on.
const HOPS: usize = 5;

/// Another node is to be asked.
struct Redirect {
    slot: u16,
    /// The host is empty where it is the same.
    place: Place,
    /// This once, as the key is on its way there.
    is_asking: bool,
}

fn redirect(answer: &Result<Reply, WaitError>) -> Option<Redirect> {
    let error = answer.as_ref().err()?;
    let code = error.code.as_deref()?;
    let is_asking = match code {
        "MOVED" => false,
        "ASK" => true,
        _ => return None,
    };
    // `MOVED 3999 127.0.0.1:6381`
    let (_, rest) = error.message.split_once(code)?;
    let mut words = rest.split_whitespace();
    let slot = words.next()?.parse().ok()?;
    let (host, port) = words.next()?.rsplit_once(':')?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    Some(Redirect {
        slot,
        place: (host.to_owned(), port.parse().ok()?),
        is_asking,
    })
}

impl Worker {
    /// Asks the nodes that have the keys.
    pub(super) async fn follow(
        &self,
        sending: Sending,
        deadline: Instant,
    ) -> Result<Reply, WaitError> {
        match sending {
            Sending::Alone(command) => self.alone(command, deadline).await,
            Sending::Together(commands, true) => self.atomic(commands, deadline).await,
            Sending::Together(commands, false) => self.each(commands, deadline).await,
        }
    }

    async fn alone(&self, command: Command, deadline: Instant) -> Result<Reply, WaitError> {
        let mut node = self.node_of(&command);
        let sending = Sending::Alone(command);
        let mut answer = node.ask_one(&sending, deadline).await;
        for _ in 0..HOPS {
            if let Some(to) = redirect(&answer) {
                node = self.node_at(&to, &node);
                answer = match (to.is_asking, &sending) {
                    (true, Sending::Alone(command)) => {
                        let asking = Command::new("ASKING", Becomes::Plain);
                        let both = Sending::Together(vec![asking, command.clone()], false);
                        node.ask_one(&both, deadline).await
                    }
                    _ => node.ask_one(&sending, deadline).await,
                };
            } else if let Some(other) = self.instead_of(&node, &answer) {
                node = other;
                answer = node.ask_one(&sending, deadline).await;
            } else {
                return answer;
            }
        }
        match redirect(&answer) {
            Some(_) => Err(redirects()),
            None => answer,
        }
    }

    /// What this node answers to the last command.
    async fn ask_one(&self, sending: &Sending, deadline: Instant) -> Result<Reply, WaitError> {
        let mut answers = self.ask(sending, deadline).await?;
        answers.pop().unwrap_or(Ok(Reply::Nil))
    }

    /// Commands that are a transaction of one node.
    async fn atomic(&self, commands: Vec<Command>, deadline: Instant) -> Result<Reply, WaitError> {
        let mut node = commands
            .first()
            .map_or_else(|| self.clone(), |first| self.node_of(first));
        let sending = Sending::Together(commands, true);
        for _ in 0..HOPS {
            let answers = node.ask(&sending, deadline).await;
            let answer = answers.and_then(list);
            if let Some(to) = redirect(&answer).filter(|to| !to.is_asking) {
                node = self.node_at(&to, &node);
            } else if let Some(other) = self.instead_of(&node, &answer) {
                node = other;
            } else {
                return answer;
            }
        }
        Err(redirects())
    }

    /// Commands of which each node gets its own, all at once. Those whose keys are elsewhere are asked for again.
    async fn each(&self, commands: Vec<Command>, deadline: Instant) -> Result<Reply, WaitError> {
        let commands = Rc::new(commands);
        let mut groups: Vec<(Worker, Vec<usize>)> = Vec::new();
        for (at, command) in commands.iter().enumerate() {
            let node = self.node_of(command);
            match groups.iter_mut().find(|(known, _)| known.is(&node)) {
                Some((_, numbers)) => numbers.push(at),
                None => groups.push((node, vec![at])),
            }
        }
        let mut answers: Vec<Option<Result<Reply, WaitError>>> = Vec::new();
        answers.resize_with(commands.len(), || None);
        let asked: Vec<_> = groups
            .into_iter()
            .map(|(node, numbers)| {
                let commands = Rc::clone(&commands);
                tokio::task::spawn_local(async move {
                    let own = numbers.iter().map(|at| commands[*at].clone());
                    let sending = Sending::Together(own.collect(), false);
                    (node.ask(&sending, deadline).await, numbers)
                })
            })
            .collect();
        for group in asked {
            let (given, numbers) = group.await.map_err(|_| redirects())?;
            for (at, answer) in numbers.into_iter().zip(given?) {
                answers[at] = Some(answer);
            }
        }
        let mut all = Vec::with_capacity(commands.len());
        for (command, answer) in commands.iter().zip(answers) {
            let answer = answer.unwrap_or(Ok(Reply::Nil));
            all.push(match redirect(&answer) {
                None => answer,
                Some(to) => {
                    if !to.is_asking {
                        self.node_at(&to, self);
                    }
                    self.alone(command.clone(), deadline).await
                }
            });
        }
        list(all)
    }

    /// Where a command's key was found before.
    fn node_of(&self, command: &Command) -> Worker {
        let slots = self.nodes().slots.borrow();
        if slots.is_empty() {
            return self.clone();
        }
        let place = command.slot().and_then(|slot| slots.get(&slot).cloned());
        drop(slots);
        place.map_or_else(|| self.clone(), |place| self.other(place))
    }

    /// The node that another one has named.
    fn node_at(&self, to: &Redirect, by: &Worker) -> Worker {
        let mut place = to.place.clone();
        if place.0.is_empty()
            && let RedisPlace::Tcp(host, _) = &by.settings().address.place
        {
            place.0.clone_from(host);
        }
        if !to.is_asking {
            self.nodes()
                .slots
                .borrow_mut()
                .insert(to.slot, place.clone());
        }
        self.other(place)
    }

    fn other(&self, place: Place) -> Worker {
        let own = &self.settings().address;
        if own.place == RedisPlace::Tcp(place.0.clone(), place.1) {
            return self.clone();
        }
        let mut others = self.nodes().others.borrow_mut();
        let made = others.entry(place.clone()).or_insert_with(|| {
            let mut address = own.clone();
            address.place = RedisPlace::Tcp(place.0, place.1);
            let settings = self.settings();
            Worker::new(Arc::new(RedisSettings {
                address,
                trust: settings.trust.clone(),
                patience: settings.patience,
            }))
        });
        made.clone()
    }

    /// Who is asked where a node cannot be reached: nothing was sent to it.
    fn instead_of(&self, gone: &Worker, answer: &Result<Reply, WaitError>) -> Option<Worker> {
        let error = answer.as_ref().err()?;
        // One with a code comes from a server that was reached.
        if error.kind != "connect" || error.code.is_some() {
            return None;
        }
        let nodes = self.nodes();
        let mut others = nodes.others.borrow_mut();
        if gone.is(self) {
            return others.values().next().cloned();
        }
        let place = others.iter().find(|(_, node)| node.is(gone));
        let place = place.map(|(place, _)| place.clone())?;
        others.remove(&place);
        nodes.slots.borrow_mut().retain(|_, at| *at != place);
        Some(self.clone())
    }
}

/// All answers; the first error, with its number.
fn list(answers: Vec<Result<Reply, WaitError>>) -> Result<Reply, WaitError> {
    let answers = answers.into_iter().enumerate();
    let answers = answers.map(|(at, answer)| {
        answer.map_err(|mut error| {
            error.message = format!("command {}: {}", at + 1, error.message);
            error
        })
    });
    Ok(Reply::List(answers.collect::<Result<_, _>>()?))
}

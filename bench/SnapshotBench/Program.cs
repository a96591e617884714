using System.CommandLine;
using System.Globalization;
using HeapDrift.SnapshotBench;

var only = new Option<string[]>("--only")
{
    Description = $"Measure this row alone; may be given several times: {string.Join(", ", Bench.RowNames)}.",
    HelpName = "ROW",
    DefaultValueFactory = _ => [],
};
only.AcceptOnlyFromAmong([.. Bench.RowNames]);
Option<int> repeat = Positive("--repeat", 5, "Measure each figure so often; the table shows the median and the spread.");
Option<int> objects = Positive("--objects", 40_000_000, "Objects that the worker keeps; 40 million are 1.9 GB, and need 8 GB free for all engines.");
Option<int> snapshots = Positive("--snapshots", 100, "Snapshots in a row of the worker under load (row web).");
var engine = new Option<string>("--engine")
{
    Description = "The engine that is measured. With eventpipe the rows measure the baseline against itself: good for trying the bench.",
    DefaultValueFactory = _ => "copy-on-write",
};
engine.AcceptOnlyFromAmong("copy-on-write", BenchOptions.BaselineEngine);

var root = new RootCommand(
    """
    Measures what a heap snapshot costs, beside a named baseline in the same run, and prints one Markdown table.

      pause      how long the worker's own threads stood still, beside a bare fork() of the same process
      duration   from the freeze to the finished snapshot, beside eventpipe
      memory     peak memory of the tool and its children, beside eventpipe
      counts     objects per application type of a quiescent worker, compared with eventpipe's
      web        ASP.NET Core behind 64 connections: failed requests, latency, memory and children left behind
      watching   a loaded service with heapdrift agent watching against without, in short turns beside a control
      agent      processor time and memory of the agent with 50 workers
      tracking   how much an allocating worker gets done while its allocations are followed, against no session
      allocate   memory that the copy costs a worker that allocates 300 MB/s

    The table goes to standard output, progress to standard error. A row whose target is missed is still measured: the exit status is 1
    only when a row could not be measured, and the reason is below the table. Ctrl-C ends the workers it started.
    """)
{
    only, repeat, objects, snapshots, engine,
};
root.SetAction((parsed, _) => Interruption.RunAsync(stopping => Bench.RunAsync(
    new(parsed.GetRequiredValue(only), parsed.GetValue(repeat), parsed.GetValue(objects), parsed.GetValue(snapshots), parsed.GetRequiredValue(engine)),
    stopping)));

// Signals are handled above, where the workers are ended.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

static Option<int> Positive(string name, int preset, string description)
{
    var option = new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => preset };
    option.Validators.Add(result =>
    {
        if (result.Tokens.Count == 1
            && (!int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number == 0))
        {
            result.AddError($"{name} takes a whole number from 1 on, not '{result.Tokens[0].Value}'.");
        }
    });
    return option;
}

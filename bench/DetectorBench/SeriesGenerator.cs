using System.Diagnostics.CodeAnalysis;
using HeapDrift.Profiling.Detection;

namespace HeapDrift.DetectorBench;

/// <summary>Makes series of many kinds from a seed: what services do to memory without leaking, and what leaks do beneath that.</summary>
[SuppressMessage("Security", "CA5394", Justification = "A seed must give the same series again.")]
internal sealed class SeriesGenerator(int seed)
{
    private const double Megabyte = 1 << 20;

    /// <summary>A day and a half: the longest window of the detector, and a whole daily wave.</summary>
    private static readonly TimeSpan Length = TimeSpan.FromHours(36);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    private readonly Random _random = new(seed);

    public static IReadOnlyList<string> HealthyKinds { get; } =
    [
        "constant with noise", "daily wave", "load waves", "sawtooth of garbage", "cache that fills", "steps of deployments", "long warm-up",
        "mode of the collector changes", "random walk that comes back", "traffic that moved here",
    ];

    public static IReadOnlyList<string> LeakKinds { get; } =
    [
        "slow", "fast", "under daily wave", "under load waves", "under sawtooth", "staircase", "begins late", "native only", "in a large heap", "under noise",
    ];

    public MemorySeries Healthy(string kind)
    {
        double size = Between(100, 1500) * Megabyte;
        Shape shape = kind switch
        {
            "constant with noise" => _ => size,
            "daily wave" => Wave(size, TimeSpan.FromHours(24), Between(0.05, 0.25)),
            "load waves" => Wave(size, TimeSpan.FromMinutes(Between(20, 120)), Between(0.1, 0.4)),
            "sawtooth of garbage" => Saw(size, TimeSpan.FromMinutes(Between(1, 25)), Between(0.2, 1.0)),
            "cache that fills" => Fills(size, Between(0.2, 1.0), TimeSpan.FromMinutes(Between(10, 180))),
            "steps of deployments" => Steps(size),
            "long warm-up" => Fills(size, Between(0.5, 2.0), TimeSpan.FromMinutes(Between(3, 15))),
            "mode of the collector changes" => Switches(size),
            "random walk that comes back" => Walk(size),
            _ => Moves(size),
        };
        return Sample(kind, shape, leak: null, leakBegins: null, Between(0.002, 0.02), isManaged: _random.Next(2) == 0);
    }

    public MemorySeries Leaking(string kind)
    {
        double size = kind == "in a large heap" ? Between(3000, 8000) * Megabyte : Between(100, 800) * Megabyte;
        TimeSpan begins = kind == "begins late" ? TimeSpan.FromHours(Between(2, 8)) : TimeSpan.Zero;
        double perHour = size * kind switch
        {
            "fast" => Between(0.5, 5),
            "slow" or "in a large heap" => Between(0.01, 0.05),
            _ => Between(0.03, 0.5),
        };
        Shape shape = kind switch
        {
            "under daily wave" => Wave(size, TimeSpan.FromHours(24), Between(0.03, 0.1)),
            "under load waves" => Wave(size, TimeSpan.FromMinutes(Between(20, 60)), Between(0.05, 0.2)),
            "under sawtooth" => Saw(size, TimeSpan.FromMinutes(Between(1, 10)), Between(0.2, 0.6)),
            _ => _ => size,
        };
        TimeSpan stair = TimeSpan.FromMinutes(Between(5, 30));
        Shape leak = kind == "staircase"
            ? at => perHour * Math.Floor(at / stair) * stair.TotalHours
            : at => perHour * Math.Max(0, (at - begins).TotalHours);
        return Sample(kind, shape, leak, begins, kind == "under noise" ? Between(0.02, 0.05) : Between(0.002, 0.01), isManaged: kind != "native only");
    }

    private delegate double Shape(TimeSpan at);

    private MemorySeries Sample(string kind, Shape shape, Shape? leak, TimeSpan? leakBegins, double noise, bool isManaged)
    {
        double garbage = Between(0.05, 0.3);
        double peak = Enumerable.Range(0, (int)(Length / TimeSpan.FromMinutes(5))).Max(at => shape(TimeSpan.FromMinutes(5 * at)));
        long limit = (long)(peak * Between(1.8, 4));
        var samples = new List<MemorySample>();
        for (TimeSpan at = TimeSpan.Zero; at < Length; at += Step)
        {
            double start = 1 - (0.6 * Math.Exp(-at / TimeSpan.FromMinutes(2)));
            double leaked = leak?.Invoke(at) ?? 0;
            double used = ((shape(at) * start) + leaked) * (1 + (noise * Gauss()));
            double live = ((shape(at) * 0.5 * start) + (isManaged ? leaked : 0)) * (1 + (noise * 0.3 * Gauss()));
            samples.Add(new(MemorySeries.Start + at, (long)(used * (1 + (garbage * _random.NextDouble() * 0.1))), _random.Next(0, 20) == 0 || !HasHeap(kind) ? null : (long)live));
            if (used >= limit)
            {
                break;
            }
        }

        return new(kind, leakBegins, limit, Carry(samples, HasHeap(kind)));
    }

    /// <summary>Half of the kinds are watched from outside only.</summary>
    private static bool HasHeap(string kind) => kind.Length % 2 == 0;

    /// <summary>The figure stands until the next collection.</summary>
    private static List<MemorySample> Carry(List<MemorySample> samples, bool hasHeap)
    {
        long? last = null;
        for (int at = 0; at < samples.Count && hasHeap; at++)
        {
            last = samples[at].LiveHeapBytes ?? last;
            samples[at] = samples[at] with { LiveHeapBytes = last };
        }

        return samples;
    }

    private Shape Wave(double size, TimeSpan period, double amplitude)
    {
        double phase = _random.NextDouble();
        return at => size * (1 + (amplitude * Math.Sin(2 * Math.PI * ((at / period) + phase))));
    }

    private static Shape Saw(double size, TimeSpan period, double amplitude) => at => size * (1 + (amplitude * ((at / period) % 1)));

    private static Shape Fills(double size, double share, TimeSpan constant) => at => size * (1 + (share * (1 - Math.Exp(-at / constant))));

    private Shape Steps(double size)
    {
        TimeSpan[] times = [.. Enumerable.Range(0, 4).Select(_ => Length * _random.NextDouble())];
        double height = Between(0.1, 0.5);
        return at => size * (1 + (height * times.Count(time => time <= at)));
    }

    private Shape Switches(double size)
    {
        TimeSpan period = TimeSpan.FromHours(Between(2, 7));
        double share = Between(0.2, 0.6);
        return at => size * (1 + ((int)(at / period) % 2 == 0 ? 0 : share));
    }

    private Shape Walk(double size)
    {
        int steps = (int)(Length / TimeSpan.FromMinutes(1)) + 1;
        var walk = new double[steps];
        for (int at = 1; at < steps; at++)
        {
            walk[at] = (walk[at - 1] * 0.99) + (0.01 * Gauss());
        }

        return at => size * (1 + walk[(int)(at / TimeSpan.FromMinutes(1))]);
    }

    private Shape Moves(double size)
    {
        TimeSpan begins = TimeSpan.FromHours(Between(1, 20));
        TimeSpan takes = TimeSpan.FromMinutes(Between(5, 30));
        double share = Between(0.2, 0.8);
        return at => size * (1 + (share * Math.Clamp((at - begins) / takes, 0, 1)));
    }

    private double Between(double least, double most) => least + ((most - least) * _random.NextDouble());

    /// <summary>Box and Muller 1958.</summary>
    private double Gauss() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}

using System.Collections.Concurrent;
using LeakGallery.Hosting;

namespace Insurance.Quotes;

internal sealed class Quote(Guid number, double premium, double[] factors)
{
    public Guid Number => number;

    public double Total => premium * factors.Sum();
}

internal interface IQuoteEngine
{
    Quote Calculate(int age);
}

internal sealed class QuoteEngine : IQuoteEngine
{
    private static readonly ConcurrentDictionary<Guid, Quote> Issued = new();

    public Quote Calculate(int age)
    {
        var quote = new Quote(Guid.NewGuid(), age * 1.7, new double[120]); // allocates
        return Issued.GetOrAdd(quote.Number, quote);
    }
}

internal sealed class QuoteDesk : IProgram
{
    private readonly IQuoteEngine _engine = new QuoteEngine();

    public int RequestsPerSecond => 4000;

    public void Serve(int number) => _engine.Calculate(18 + (number % 60)); // allocates
}

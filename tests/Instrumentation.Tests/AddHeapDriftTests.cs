using HeapDrift.Instrumentation.Tests.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace HeapDrift.Instrumentation.Tests;

[Collection(MeterCollection.Name)]
public sealed class AddHeapDriftTests
{
    [Fact]
    public void DefaultsApplyWhereNoConfigurationIsRegistered()
    {
        using var services = new ServiceCollection().AddHeapDrift().BuildServiceProvider();

        var options = services.GetRequiredService<IOptions<HeapDriftOptions>>().Value;

        Assert.Equal(TimeSpan.FromMinutes(5), options.Window);
        Assert.Null(options.OutputDirectory);
        Assert.Null(options.CollectorPath);
    }

    [Fact]
    public void ConfigurationIsBoundAndTheCallbackHasTheLastWord()
    {
        var settings = new Dictionary<string, string?> { ["HeapDrift:Window"] = "00:00:30", ["HeapDrift:CollectorPath"] = "/configured" };
        using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddHeapDrift(options => options.CollectorPath = "/called")
            .BuildServiceProvider();

        var options = services.GetRequiredService<IOptions<HeapDriftOptions>>().Value;

        Assert.Equal(TimeSpan.FromSeconds(30), options.Window);
        Assert.Equal("/called", options.CollectorPath);
    }

    [Theory]
    [InlineData("00:00:00.999")]
    [InlineData("1.00:00:01")]
    public async Task WindowOutOfRangeFailsTheStart(string window)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration["HeapDrift:Window"] = window;
        builder.Services.AddHeapDrift();
        using var host = builder.Build();

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("Window", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TwiceIsOnceButEveryCallbackCounts()
    {
        using var services = new ServiceCollection()
            .AddHeapDrift(options => options.OutputDirectory = "/first")
            .AddHeapDrift(options => options.CollectorPath = "/second")
            .BuildServiceProvider();

        var options = services.GetRequiredService<IOptions<HeapDriftOptions>>().Value;

        Assert.Equal(("/first", "/second"), (options.OutputDirectory, options.CollectorPath));
        Assert.Equal(3, services.GetServices<IHostedService>().Distinct().Count()); // Signals, memory and the detector.
    }
}

'use strict';
(() => {
  const root = document.documentElement;
  const plots = JSON.parse(document.getElementById('plots').textContent);
  const charts = new Map();
  const symbols = ['●', '▲', '■', '◆', '○', '△', '□'];

  const css = (name) => getComputedStyle(root).getPropertyValue('--' + name).trim();
  const number = (plot) => {
    const format = new Intl.NumberFormat(root.lang, { maximumFractionDigits: plot.digits });
    const unit = plot.percent ? (root.lang === 'ru' ? '\u00a0%' : '%') : '';
    return (x) => (typeof x === 'number' ? format.format(x).replace('-', '−') + unit : '—');
  };

  // Colours come as tokens; only the keys of colours are looked at, so that no
  // name of a person can pass for one.
  const resolve = (value, key) => {
    if (Array.isArray(value)) return value.map((v) => resolve(v, key));
    if (value && typeof value === 'object') {
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, resolve(v, k)]));
    }
    if ((key === 'color' || key === 'borderColor') && typeof value === 'string' && value.startsWith('$')) {
      return css(/^\$\d$/.test(value) ? 'c' + value.slice(1) : value.slice(1));
    }
    return value;
  };

  const row = (mark, colour, text) => {
    const line = document.createElement('span');
    if (mark) {
      const dot = document.createElement('i');
      dot.textContent = mark + ' ';
      dot.style.color = colour;
      line.append(dot);
    }
    line.append(text);
    return line;
  };

  // Tooltips are built of text nodes: what models wrote never becomes markup.
  // The width of the longest of some labels.
  const pen = document.createElement('canvas').getContext('2d');
  const longest = (labels) => {
    pen.font = '12px ' + getComputedStyle(document.body).fontFamily;
    return Math.max(...labels.map((text) => pen.measureText(text).width));
  };

  const tooltip = (plot, count) => (params) => {
    const show = number(plot);
    const box = document.createElement('div');
    box.className = 'tip';
    const title = document.createElement('b');
    box.append(title);
    if (!Array.isArray(params)) {
      title.textContent = params.dataType === 'edge' ? params.data.source + ' → ' + params.data.target : params.name;
      box.append(row('', '', params.seriesName + ': ' + show(params.value)));
      return box;
    }
    title.textContent = params.length ? params[0].axisValueLabel : '';
    for (const p of params.filter((p) => p.seriesIndex < count)) {
      const band = plot.bands && plot.bands[p.seriesIndex];
      const low = band && band.low[p.dataIndex];
      const high = band && band.high[p.dataIndex];
      const value = p.value;
      const range = typeof low === 'number' && low < high ? ' [' + show(low) + '; ' + show(high) + ']' : '';
      const mark = plot.kind === 'line' ? symbols[p.seriesIndex % symbols.length] : '■';
      box.append(row(mark, p.color, p.seriesName + ': ' + show(value) + range));
    }
    return box;
  };

  const axis = (a, plot, vertical, room) => {
    const show = number(plot);
    const line = css('line');
    const muted = css('muted');
    const numeric = a.type === 'value';
    return {
      ...a,
      ...(!vertical && numeric ? { splitNumber: Math.max(2, Math.floor(room / 100)) } : {}),
      nameLocation: vertical ? 'end' : 'middle',
      nameGap: vertical ? 14 : 30,
      nameTextStyle: { color: muted, align: vertical ? 'left' : 'center', fontSize: 12 },
      axisLine: { show: !numeric, lineStyle: { color: line }, onZero: false },
      axisTick: { show: false },
      splitLine: { show: numeric, lineStyle: { color: line } },
      axisLabel: {
        color: muted, fontSize: 12, hideOverlap: true,
        ...(numeric ? { formatter: (x) => show(x) } : {}),
        ...(vertical && !numeric ? { width: room, overflow: 'truncate', interval: 0 } : {}),
        ...(!vertical ? (numeric ? { alignMaxLabel: 'right' } : String(a.data[0]).length > 8 ? { alignMinLabel: 'left' } : {}) : {}),
      },
    };
  };

  const bands = (option, plot) => (plot.bands || []).flatMap((b, i) => {
    const own = option.series[i];
    if (!own || !b.low.some((low, j) => typeof low === 'number' && low < b.high[j])) return [];
    const common = {
      type: 'line', name: own.name, stack: 'band' + i, stackStrategy: 'all', symbol: 'none', silent: true, step: own.step,
      lineStyle: { opacity: 0 }, itemStyle: own.itemStyle, z: 1, emphasis: { disabled: true },
    };
    const height = b.low.map((low, j) => (typeof low === 'number' ? b.high[j] - low : '-'));
    return [
      { ...common, data: b.low },
      { ...common, data: height, areaStyle: { color: own.itemStyle.color, opacity: 0.17 } },
    ];
  });

  const tones = ['neg', 'neu', 'pos'];
  const build = (plot, place) => {
    const option = resolve(plot.option);
    delete option.title;
    delete option.toolbox;
    delete option.color;
    const legend = option.legend && option.legend.show;
    const count = option.series.length;
    option.textStyle = { fontFamily: getComputedStyle(document.body).fontFamily };
    option.legend = {
      ...option.legend, left: 0, right: 0, top: 0, itemGap: 18, itemWidth: plot.kind === 'line' ? 26 : 14,
      textStyle: { color: css('text'), fontSize: 12.5, width: 260, overflow: 'truncate' },
      pageTextStyle: { color: css('muted') }, pageIconColor: css('accent'), pageIconInactiveColor: css('line'),
    };
    option.tooltip = {
      ...option.tooltip, confine: true, formatter: tooltip(plot, count), backgroundColor: css('card'), borderColor: css('line'),
      textStyle: { color: css('text') },
      axisPointer: { ...(option.tooltip.axisPointer || {}), lineStyle: { color: css('muted') }, shadowStyle: { color: css('line'), opacity: 0.5 } },
    };
    option.aria = { enabled: false };
    if (plot.kind === 'graph') {
      const room = Math.min(longest(option.series[0].data.map((node) => node.name)) + 28, 145, place.clientWidth * 0.26);
      Object.assign(option.series[0], { top: room + (legend ? 24 : 0), bottom: room, left: room, right: room });
      Object.assign(option.series[0].label, { width: room - 24, overflow: 'truncate', fontSize: 12 });
      option.series[0].emphasis = { focus: 'adjacency', lineStyle: { opacity: 0.9 } };
      return option;
    }
    if (plot.kind === 'forest') {
      for (const s of option.series) s.lineStyle = { ...s.lineStyle, width: 2 };
      option.tooltip.trigger = 'item';
      option.tooltip.formatter = (p) => {
        const box = document.createElement('div');
        box.className = 'tip';
        const title = document.createElement('b');
        title.textContent = p.seriesName;
        box.append(title, row('', '', number(plot)(p.value[0])));
        return box;
      };
    }
    const upright = option.yAxis[0].type === 'value';
    const named = upright && option.yAxis[0].name;
    option.grid = { left: 4, right: 22, top: (legend ? 36 : 6) + (named ? 32 : 6), bottom: option.xAxis[0].name ? 34 : 8, containLabel: true };
    let width = 0;
    if (!upright) {
      width = Math.min(longest(option.yAxis[0].data) + 4, place.clientWidth * 0.42);
      Object.assign(option.grid, { containLabel: false, left: width + 12, bottom: 56 });
    }
    option.xAxis = [{ ...axis(option.xAxis[0], plot, false, place.clientWidth - width), boundaryGap: !plot.whole }];
    option.yAxis = [axis(option.yAxis[0], plot, true, width)];
    if (plot.kind === 'tones') {
      option.xAxis[0].max = 100;
      option.series.forEach((s, i) => { s.itemStyle = { color: css(tones[i]) }; });
    }
    for (const s of option.series.filter((s) => s.type === 'bar')) {
      s.barMaxWidth = 30;
      s.barGap = '10%';
      s.barCategoryGap = '30%';
    }
    option.series.push(...bands(option, plot));
    return option;
  };

  // Bars that lie get as much height as they need.
  const fit = (plot, place) => {
    if (plot.option.yAxis && plot.option.yAxis[0].type === 'category') {
      const stacked = Boolean(plot.option.series[0].stack);
      const rows = plot.option.yAxis[0].data.length * (stacked ? 1 : plot.option.series.length + 0.6);
      const each = stacked ? 2.4 : rows > 24 ? 0.78 : 1.1;
      place.style.height = Math.max(plot.kind === 'tones' ? 21 : 0, 7.5 + rows * each) + 'rem';
    }
  };

  const drawOne = (id) => {
    const place = document.getElementById(id);
    let chart = charts.get(id);
    if (!chart) {
      fit(plots[id], place);
      chart = echarts.init(place, null, { renderer: 'canvas' });
      charts.set(id, chart);
      let width = place.clientWidth;
      new ResizeObserver(() => {
        if (place.clientWidth === width) return;
        width = place.clientWidth;
        chart.resize();
        drawOne(id);
      }).observe(place);
    }
    chart.setOption(build(plots[id], place), { notMerge: true });
  };
  const draw = () => Object.keys(plots).forEach(drawOne);

  const copy = async (button) => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      button.textContent = button.dataset.copy; // to be selected by hand
      return;
    }
    button.classList.add('done');
    setTimeout(() => button.classList.remove('done'), 1500);
  };

  // A number's link opens the samples behind it.
  const reveal = () => {
    const place = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (place && place.tagName === 'DETAILS') {
      place.open = true;
      place.scrollIntoView();
    }
  };
  addEventListener('hashchange', reveal);

  draw();
  reveal();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  addEventListener('beforeprint', () => {
    root.classList.add('paper');
    draw();
    charts.forEach((chart) => chart.getZr().flush());
  });
  addEventListener('afterprint', () => {
    root.classList.remove('paper');
    draw();
  });
  for (const button of document.querySelectorAll('.copy')) {
    button.addEventListener('click', () => copy(button));
  }
})();
